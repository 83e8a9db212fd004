import { type JsonMember, objectText } from "../json/format-json.js";
import type { JsonDialect } from "./json-dialect.js";
import { fieldValue, isSent, type MessageField, type MessageType } from "./message-type.js";
import type { ScalarValue } from "./scalar-type.js";

/** The JSON of a message that `checkMessage` found right; what is not sent is left out. */
export function writeJsonMessage(type: MessageType, message: object, dialect: JsonDialect): string {
  return objectText(
    type.fields.map((field): JsonMember => {
      const value = fieldValue(message, field.name);
      if (!isSent(field, value)) return undefined;
      return `${JSON.stringify(dialect.nameOf(field))}:${fieldJson(field, value, dialect)}`;
    }),
  );
}

function fieldJson(field: MessageField, value: unknown, dialect: JsonDialect): string {
  if (field.shape === "single") return valueJson(field, value, dialect);
  if (field.shape === "list")
    return `[${Array.from(value as ArrayLike<unknown>, (one) => valueJson(field, one, dialect)).join()}]`;
  const entries = Object.entries(value as object);
  return objectText(entries.map(([key, one]) => `${JSON.stringify(key)}:${valueJson(field, one, dialect)}`));
}

function valueJson({ type }: MessageField, value: unknown, dialect: JsonDialect): string {
  return type.kind === "message"
    ? writeJsonMessage(type, value as object, dialect)
    : dialect.format(type, value as ScalarValue);
}
