import { float32Text, numberText } from "../text/float-text.js";
import { fieldValue, type MessageField } from "./message-type.js";
import type { ScalarType, ScalarValue } from "./scalar-type.js";

/** In what brpc's JSON and that of protobuf itself differ. */
export interface JsonDialect {
  nameOf(field: MessageField): string;
  /** The member of an object that is the field; undefined for none. */
  find(json: object, field: MessageField): unknown;
  /** @throws ServeError malformedRequest that opens with the path. */
  parse(type: ScalarType, value: unknown, path: string, index?: number): ScalarValue;
  format(type: ScalarType, value: ScalarValue): string;
}

/**
 * Names of the .proto only, 64-bit integers as numbers, a float as the double it is. Source: brpc json2pb. Unlike
 * there, numbers that are none come out as "NaN" and "Infinity", which it reads but does not write.
 */
export const brpcJson: JsonDialect = {
  nameOf: (field) => field.protoName,
  find: (json, field) => fieldValue(json, field.protoName),
  parse: (type, value, path, index) => type.parseJson(value, path, index),
  format: (type, value) => type.formatJson(value),
};

/** Names in camelCase, 64-bit integers as text; takes names of the .proto and numbers as text too. Source: ProtoJSON. */
export const protoJson: JsonDialect = {
  nameOf: (field) => field.jsonName,
  find: (json, field) => fieldValue(json, field.jsonName) ?? fieldValue(json, field.protoName),
  parse: (type, value, path, index) => type.parseJson(plainNumber(type, value), path, index),
  format: formatProtoJson,
};

/** The grammar of JSON; text like "1 " or "0x1" is no number. */
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Text of a number as that number; 64-bit integers are left for their type, which reads all digits. */
function plainNumber({ literal, zero }: ScalarType, value: unknown): unknown {
  const isNumber = typeof value === "string" && (literal === "integer" || literal === "float");
  return isNumber && typeof zero === "number" && jsonNumber.test(value) ? Number(value) : value;
}

function formatProtoJson(type: ScalarType, value: ScalarValue): string {
  if (type.literal === "integer" && typeof type.zero === "bigint") return `"${value}"`;
  if (type.literal !== "float" || !Number.isFinite(value)) return type.formatJson(value);
  return type.arrayType === Float32Array ? float32Text(Number(value)) : numberText(Number(value));
}
