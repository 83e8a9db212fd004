import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import fc from "fast-check";
import protobuf from "protobufjs";
import { methodOfM } from "../testing/load-proto-text.js";

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
    return `${type} one_${type} = ${i + 1}; repeated ${type} list_${type} = ${i + 101};
      repeated ${type} loose_${type} = ${i + 201}${list}; map<string, ${type}> map_${type} = ${i + 301};`;
  })
  .join("\n");
const text = `syntax = "proto3"; enum E { ZERO = 0; NEGATIVE = -1; LARGE = 2147483647; } message M { ${body} }`;
const { request } = methodOfM(text);
const oracle = protobuf.parse(text, { keepCase: true }).root.lookupType("M");

const upper = (type: string): string => `${type[0]?.toUpperCase()}${type.slice(1)}`;
const arbitraryMessage: fc.Arbitrary<Record<string, unknown>> = fc.record(
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
function oracleObject(message: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain = (value: unknown): unknown => {
    if (typeof value === "bigint") return String(value);
    if (Array.isArray(value)) return value.map(plain);
    const isMap = typeof value === "object" && value !== null && !(value instanceof Uint8Array);
    return isMap ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)])) : value;
  };
  const entries = Object.entries(message).map(([name, value]) => [
    name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`).replace("_e", "_E"),
    plain(value),
  ]);
  return Object.fromEntries(entries);
}

describe("a message with every type of field", () => {
  it("has the bytes protobufjs writes, and reads them back", () => {
    fc.assert(
      fc.property(arbitraryMessage, (message) => {
        const bytes = oracle.encode(oracle.fromObject(oracleObject(message))).finish();
        assert.deepEqual(Buffer.from(request.encode(message)), Buffer.from(bytes));
        assert.deepEqual(request.decode(bytes), message);
      }),
      { numRuns: 200 },
    );
  });

  it("reads the JSON it writes, but that -0 is 0", () => {
    const zero = (_key: string, value: unknown) => (Object.is(value, -0) ? 0 : value);
    fc.assert(
      fc.property(arbitraryMessage, (message) => {
        const read = request.decodeJson(request.encodeJson(message));
        assert.deepEqual(withoutNegativeZero(read, zero), withoutNegativeZero(message, zero));
      }),
      { numRuns: 200 },
    );
  });

  it("reads any bytes as a message or as a ServeError, and writes what it reads", () => {
    const mutated = fc.tuple(arbitraryMessage, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }));
    const arbitraryBytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      mutated.map(([message, changes]) => {
        const bytes = request.encode(message);
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        return bytes;
      }),
    );
    fc.assert(
      fc.property(arbitraryBytes, (bytes) => {
        let message: object;
        try {
          message = request.decode(bytes);
        } catch (error) {
          assert.ok(error instanceof ServeError && error.code === Code.malformedRequest, String(error));
          return;
        }
        assert.deepEqual(request.decode(request.encode(message)), message);
      }),
      { numRuns: 3000 },
    );
  });

  it("reads any JSON as a message or as a ServeError", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc
            .dictionary(fc.constantFrom(...request.fields.map((one) => one.protoName)), fc.jsonValue(), {
              maxKeys: 2,
            })
            .map((one) => JSON.stringify(one)),
        ),
        (json) => {
          try {
            request.encode(request.decodeJson(json));
          } catch (error) {
            assert.ok(error instanceof ServeError && error.code === Code.malformedRequest, String(error));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function withoutNegativeZero(value: unknown, zero: (key: string, value: unknown) => unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return zero("", value);
  if (Array.isArray(value)) return value.map((one) => withoutNegativeZero(one, zero));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutNegativeZero(one, zero)]));
}
