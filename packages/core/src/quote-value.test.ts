import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { quoteValue } from "./quote-value.js";

describe("quoteValue", () => {
  test("quotes a text with what needs escaping, and only the beginning of a long one", () => {
    assert.equal(quoteValue('a "b"\n'), String.raw`"a \"b\"\n"`);
    assert.equal(quoteValue("x".repeat(64)), `"${"x".repeat(64)}"`);
    assert.equal(quoteValue("x".repeat(1_000_000)), `"${"x".repeat(64)}…"`);
  });

  test("writes other single values as they are", () => {
    const values = [1.5, Number.NaN, 7n, true, null, undefined];
    assert.deepEqual(values.map(quoteValue), ["1.5", "NaN", "7", "true", "null", "undefined"]);
  });

  test("names lists and objects by their kind, also endless ones", () => {
    const list: unknown[] = [];
    list.push(list);
    assert.deepEqual([list, { list }, new Uint8Array(1)].map(quoteValue), [
      "a list",
      "an object",
      "an object",
    ]);
  });
});
