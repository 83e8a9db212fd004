import { Code, ServeError } from "@paddlewheel/core";
import type { MessageField, MessageType } from "./message-type.js";

type MessageObject = Readonly<Record<string, unknown>>;

/**
 * Checks a message that was read: all its required fields were sent, in messages inside it too.
 * @throws ServeError malformedRequest with the path of the first one missing, `instances[2].a: is missing`.
 */
export function requireFields(type: MessageType, message: MessageObject, path = ""): void {
  if (!type.holdsRequired) return;
  for (const field of type.fields) {
    const value = Object.hasOwn(message, field.name) ? message[field.name] : undefined;
    const place = path + field.protoName;
    if (field.isRequired && value === undefined) {
      throw new ServeError(Code.malformedRequest, `${place}: is missing, message ${type.name} requires it`);
    }
    if (field.type.kind === "message" && field.type.holdsRequired) requireInside(field, value, place);
  }
}

function requireInside({ shape, type }: MessageField, value: unknown, place: string): void {
  if (type.kind !== "message" || value === undefined) return;
  if (shape === "single") requireFields(type, value as MessageObject, `${place}.`);
  else {
    for (const [key, inner] of Object.entries(value as object)) {
      requireFields(type, inner, shape === "list" ? `${place}[${key}].` : `${place}.${key}.`);
    }
  }
}
