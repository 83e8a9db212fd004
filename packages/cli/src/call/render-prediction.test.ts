import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { numberToFloat16, type Tensor } from "@paddlewheel/core";
import { renderPrediction } from "./render-prediction.js";

/** The text of one tensor. */
function textOf(tensor: Tensor): string | undefined {
  return /^\{\n {2}"t": (.*)\n\}$/s.exec(renderPrediction({ t: tensor }))?.[1];
}

describe("renderPrediction", () => {
  test("nests lists as the shape says", () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    assert.equal(textOf({ dtype: "float32", shape: [1, 2, 3], data }), "[[[1, 2, 3], [4, 5, 6]]]");
    assert.equal(textOf({ dtype: "float32", shape: [2, 0], data: new Float32Array() }), "[[], []]");
    assert.equal(textOf({ dtype: "float32", shape: [], data: Float32Array.of(7) }), "7");
  });

  for (const [what, tensor, text] of [
    [
      "every digit of int64",
      { dtype: "int64", shape: [1], data: BigInt64Array.of(9_007_199_254_740_993n) },
      "[9007199254740993]",
    ],
    ["strings", { dtype: "string", shape: [1], data: ['a"b'] }, '["a\\"b"]'],
    ["bools", { dtype: "bool", shape: [2], data: Uint8Array.of(0, 1) }, "[false, true]"],
    [
      "half floats by value",
      { dtype: "float16", shape: [1], data: Uint16Array.of(numberToFloat16(1.5)) },
      "[1.5]",
    ],
    [
      "what is no number of JSON as text",
      { dtype: "float32", shape: [2], data: Float32Array.of(Number.NaN, -1 / 0) },
      '["NaN", "-Infinity"]',
    ],
    ["complex numbers as pairs", { dtype: "complex64", shape: [1], data: Float32Array.of(1, 2) }, "[[1, 2]]"],
  ] as const satisfies readonly (readonly [string, Tensor, string])[]) {
    test(`has ${what}`, () => assert.equal(textOf(tensor), text));
  }

  test("names the engines of an answer of several", () => {
    const data = Int32Array.of(1);
    const text = renderPrediction({ one: { t: { dtype: "int32", shape: [1], data } }, two: {} });
    assert.deepEqual(JSON.parse(text), { one: { t: [1] }, two: {} });
  });
});
