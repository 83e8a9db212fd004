import fc from "fast-check";
import protobuf, { type Type } from "protobufjs";
import type { ProtoCodec } from "../dynamic/message-codec.js";
import { methodOfM } from "./load-proto-text.js";

const int32 = fc.integer();
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  int32,
  sint32: int32,
  sfixed32: int32,
  uint32,
  fixed32: uint32,
  int64,
  sint64: int64,
  sfixed64: int64,
  uint64,
  fixed64: uint64,
  float: fc.float(),
  double: fc.double(),
  bool: fc.boolean(),
  string: fc.string({ unit: "grapheme" }),
  bytes: fc.uint8Array(),
  E: fc.constantFrom("ZERO", "NEGATIVE", "LARGE"),
};
const names = Object.keys(values);

/** A field of each type alone, in a packed and in an unpacked list, and as the value of a map. */
const body = names
  .map((type, i) => {
    const list = ["string", "bytes"].includes(type) ? "" : " [packed = false]";
    const name = type.toLowerCase();
    return `${type} one_${name} = ${i + 1}; repeated ${type} list_${name} = ${i + 101};
      repeated ${type} loose_${name} = ${i + 201}${list}; map<string, ${type}> map_${name} = ${i + 301};`;
  })
  .join("\n");
const text = `syntax = "proto3"; enum E { ZERO = 0; NEGATIVE = -1; LARGE = 2147483647; } message M { ${body} }`;
/** Of the message `M` that has a field of every type. */
export const everyTypeCodec: ProtoCodec = methodOfM(text).request;
/** The same message as protobufjs knows it. */
export const everyTypeOracle: Type = protobuf.parse(text, { keepCase: true }).root.lookupType("M");

const upper = (type: string): string => `${type[0]?.toUpperCase()}${type.slice(1)}`;
export const arbitraryEveryType: fc.Arbitrary<Record<string, unknown>> = fc.record(
  Object.fromEntries(
    Object.entries(values).flatMap(([type, value]) => [
      [`one${upper(type)}`, value],
      [`list${upper(type)}`, fc.array(value, { maxLength: 3 })],
      [`loose${upper(type)}`, fc.array(value, { maxLength: 3 })],
      [`map${upper(type)}`, fc.dictionary(fc.string(), value, { maxKeys: 2, noNullPrototype: true })],
    ]),
  ),
  { noNullPrototype: true },
);

/** The message in the form protobufjs takes: names of the .proto, 64-bit integers and enums as text. */
export function everyTypeObject(message: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain = (value: unknown): unknown => {
    if (typeof value === "bigint") return String(value);
    if (Array.isArray(value)) return value.map(plain);
    const isMap = typeof value === "object" && value !== null && !(value instanceof Uint8Array);
    return isMap ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)])) : value;
  };
  const entries = Object.entries(message).map(([name, value]) => [
    name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`),
    plain(value),
  ]);
  return Object.fromEntries(entries);
}

/** JSON.stringify writes -0 as 0. */
export function withoutNegativeZeros(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutNegativeZeros);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutNegativeZeros(one)]));
}
