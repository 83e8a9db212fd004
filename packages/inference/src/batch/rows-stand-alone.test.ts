import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelSignature, Tensor, TensorMap } from "@paddlewheel/core";
import { rowsStandAlone } from "./rows-stand-alone.js";

const signature: ModelSignature = {
  inputs: [{ name: "x", dtype: "float32", shape: ["N", 4] }],
  outputs: [{ name: "y", dtype: "float32", shape: ["N", 4] }],
};

function coreOf(compute: (x: Float32Array, rows: number) => Float32Array) {
  return {
    run: async (inputs: TensorMap): Promise<TensorMap> => {
      const { shape, data } = inputs.get("x") as Tensor;
      const rows = shape[0] ?? 0;
      return new Map([["y", { dtype: "float32", shape, data: compute(data as Float32Array, rows) }]]);
    },
  };
}

for (const [what, compute, expected] of [
  ["a function of each element", (x: Float32Array) => x.map((value) => value * 2 + 1), true],
  ["kernels that round differently", (x: Float32Array, rows: number) => x.map((v) => v + rows * 1e-6), true],
  [
    "a mean over all rows",
    (x: Float32Array) => {
      const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
      return x.map((value) => value - mean);
    },
    false,
  ],
  [
    "an answer that depends on the number of rows",
    (x: Float32Array, rows: number) => x.map(() => rows),
    false,
  ],
  [
    "a sum along the batch",
    (x: Float32Array) => {
      let sum = 0;
      return x.map((value) => {
        sum += value;
        return sum;
      });
    },
    false,
  ],
] as const) {
  test(`${what}: rows ${expected ? "stand alone" : "do not"}`, async () => {
    assert.equal(await rowsStandAlone(coreOf(compute), signature, undefined), expected);
  });
}

test("a model that cannot run on made-up numbers is not merged", async () => {
  const core = { run: () => Promise.reject(new Error("index out of range")) };
  assert.equal(await rowsStandAlone(core, signature, undefined), false);
});
