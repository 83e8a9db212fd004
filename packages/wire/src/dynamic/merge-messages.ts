import { fieldValue, isSent, type MessageField, type MessageType } from "./message-type.js";
import type { ScalarValue } from "./scalar-type.js";

/**
 * Protobuf's MergeFrom on two right messages, as a third: lists append, maps take the later entry of a key, messages
 * merge, a scalar that was sent overwrites. A default that decoding has filled in was not sent.
 */
export function mergeMessages(type: MessageType, target: object, part: object): object {
  const merged: Record<string, unknown> = { ...target };
  for (const field of type.fields) {
    const value = fieldValue(part, field.name);
    if (!isSent(field, value) || isFilledDefault(field, value)) continue;
    for (const rival of field.rivals) delete merged[rival];
    merged[field.name] = mergeValues(field, fieldValue(target, field.name), value);
  }
  return merged;
}

function mergeValues({ shape, type }: MessageField, current: unknown, value: unknown): unknown {
  if (current === undefined || current === null) return value;
  if (shape === "list") return [...(current as Iterable<unknown>), ...(value as Iterable<unknown>)];
  if (shape === "map") return { ...current, ...(value as object) };
  return type.kind === "message" ? mergeMessages(type, current, value as object) : value;
}

/** A default beside a required field or one that says when it is absent was given by somebody. */
function isFilledDefault({ shape, type, defaultValue }: MessageField, value: unknown): boolean {
  if (shape !== "single" || type.kind === "message" || defaultValue === undefined) return false;
  return type.isSame(value as ScalarValue, defaultValue);
}
