import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { compareMessages } from "./compare-messages.js";

const differencesOf = (expected: object, actual: object, tolerance = 1e-4) =>
  compareMessages(expected, actual, tolerance).differences.map(({ path, message }) => `${path}: ${message}`);

/** What decoding gives. */
const anyMessage: fc.Arbitrary<Record<string, unknown>> = fc.letrec<{ value: unknown; message: object }>(
  (tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.double(),
      fc.integer(),
      fc.bigInt(),
      fc.string(),
      fc.boolean(),
      fc.uint8Array({ maxLength: 4 }),
      fc.array(tie("value"), { maxLength: 3 }),
      tie("message"),
    ),
    message: fc.dictionary(fc.string(), tie("value"), { maxKeys: 3 }),
  }),
).message as fc.Arbitrary<Record<string, unknown>>;

describe("compareMessages", () => {
  test("finds every message equal to itself, and differences of two both ways round", () => {
    fc.assert(
      fc.property(anyMessage, anyMessage, (one, other) => {
        assert.equal(compareMessages(one, structuredClone(one), 0).isEqual, true);
        const [there, back] = [compareMessages(one, other, 0.1), compareMessages(other, one, 0.1)];
        assert.deepEqual([there.isEqual, there.maxAbsolute], [back.isEqual, back.maxAbsolute]);
      }),
    );
  });

  test("names the field that is not alike", () => {
    const expected = { user: { scores: [0.5, 1.5], name: "a" }, count: 3n };
    assert.deepEqual(differencesOf(expected, { user: { scores: [0.5, 1.6], name: "b" }, count: 4n }), [
      "user.scores[1]: 1.6, not 1.5",
      'user.name: "b", not "a"',
      "count: 4, not 3",
    ]);
    assert.deepEqual(differencesOf({ a: 1, b: [1] }, { b: [1, 2], c: 1 }), [
      "a: is missing",
      "b: 2 items, not 1",
      "c: is there, but not expected",
    ]);
    assert.deepEqual(differencesOf({ a: {} }, { a: [] }), ["a: a list, not an object"]);
  });

  test("takes whole numbers and bytes exactly, and numbers with a fraction up to the tolerance", () => {
    assert.deepEqual(differencesOf({ id: 100_000, p: 0.5 }, { id: 100_001, p: 0.50001 }), [
      "id: 100001, not 100000",
    ]);
    assert.deepEqual(differencesOf({ b: Uint8Array.of(1, 2) }, { b: Uint8Array.of(1, 3) }), [
      "b: other bytes",
    ]);
    assert.deepEqual(differencesOf({ b: Uint8Array.of(1, 2) }, { b: Uint8Array.of(1) }), [
      "b: other bytes; 1 of them, not 2",
    ]);
  });
});
