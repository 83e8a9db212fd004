import { type JsonMember, objectText } from "../json/format-json.js";
import { fieldValue, isSent, type MessageField, type MessageType } from "./message-type.js";
import type { ScalarValue } from "./scalar-type.js";

/** The JSON of a message that `checkMessage` found right, as brpc writes it: names of the .proto, what is not sent left out. */
export function writeJsonMessage(type: MessageType, message: object): string {
  return objectText(
    type.fields.map((field): JsonMember => {
      const value = fieldValue(message, field.name);
      return isSent(field, value) ? `"${field.protoName}":${fieldJson(field, value)}` : undefined;
    }),
  );
}

function fieldJson(field: MessageField, value: unknown): string {
  if (field.shape === "single") return valueJson(field, value);
  if (field.shape === "list")
    return `[${Array.from(value as ArrayLike<unknown>, (one) => valueJson(field, one)).join()}]`;
  const entries = Object.entries(value as object);
  return objectText(entries.map(([key, one]) => `${JSON.stringify(key)}:${valueJson(field, one)}`));
}

function valueJson({ type }: MessageField, value: unknown): string {
  return type.kind === "message"
    ? writeJsonMessage(type, value as object)
    : type.formatJson(value as ScalarValue);
}
