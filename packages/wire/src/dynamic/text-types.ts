import { readBase64, stringOf } from "../json/json-value.js";
import { WireType } from "../protobuf/wire-type.js";
import type { ScalarType } from "./scalar-type.js";

export const stringType: ScalarType<string> = {
  kind: "scalar",
  name: "string",
  literal: "string",
  wireType: WireType.bytes,
  zero: "",
  read: (reader, field) => reader.string(field),
  whyNot: (value) => (typeof value === "string" ? undefined : "must be a string"),
  isSame: (a, b) => a === b,
  write: (writer, value) => writer.string(value),
  parseJson: stringOf,
  formatJson: (value) => JSON.stringify(value),
};

export const bytesType: ScalarType<Uint8Array> = {
  kind: "scalar",
  name: "bytes",
  literal: "bytes",
  wireType: WireType.bytes,
  zero: new Uint8Array(0),
  read: (reader, field) => reader.bytes(field),
  whyNot: (value) => (value instanceof Uint8Array ? undefined : "must be a Uint8Array"),
  isSame: (a, b) => Buffer.compare(a, b) === 0,
  write: (writer, value) => writer.bytes(value),
  parseJson(value, path, index) {
    const place = index === undefined ? path : `${path}[${index}]`;
    const { buffer, byteOffset, byteLength } = readBase64(stringOf(value, place), place);
    return new Uint8Array(buffer, byteOffset, byteLength);
  },
  formatJson: (value) =>
    `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")}"`,
};
