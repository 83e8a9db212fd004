import assert from "node:assert/strict";
import { test } from "node:test";
import { checkValues } from "./value-check.js";

const expected = Float32Array.of(0, 100, -3);

test("equal values are right", () => {
  assert.equal(checkValues(expected.slice(), expected), undefined);
});

test("values may differ by a hundred-thousandth of the largest", () => {
  assert.equal(checkValues(Float32Array.of(0.0009, 100, -3), expected), undefined);
  assert.equal(
    checkValues(Float32Array.of(0.25, 100, -3), expected),
    "value 0 of the answer is 0.25, 0 is right",
  );
});

test("NaN is never right", () => {
  assert.equal(
    checkValues(Float32Array.of(0, Number.NaN, -3), expected),
    "value 1 of the answer is NaN, 100 is right",
  );
});

test("missing and surplus values are wrong", () => {
  assert.equal(checkValues(expected.subarray(1), expected), "the answer has 2 values, 3 are right");
  assert.equal(checkValues(Float32Array.of(0, 100, -3, 4), expected), "the answer has 4 values, 3 are right");
});
