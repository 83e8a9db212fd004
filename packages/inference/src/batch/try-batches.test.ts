import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelSignature, Tensor, TensorMap } from "@paddlewheel/core";
import { layoutOf } from "../testing/batching.js";
import { tryBatches } from "./try-batches.js";

const signature: ModelSignature = {
  inputs: [{ name: "x", dtype: "float32", shape: ["N", 4] }],
  outputs: [{ name: "y", dtype: "float32", shape: ["N", 4] }],
};

const options = { signature, layout: layoutOf(signature), model: undefined, maxRows: 32 };

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
    const { standsAlone } = await tryBatches(coreOf(compute), options);
    assert.equal(standsAlone, expected);
  });
}

test("a model that cannot run on made-up numbers is not merged, and it is said why", async () => {
  const core = { run: () => Promise.reject(new Error("index out of range")) };
  const { standsAlone, failure } = await tryBatches(core, options);
  assert.deepEqual([standsAlone, failure], [false, "index out of range"]);
});

for (const [what, costOf, expected] of [
  ["whose rows cost nothing beside the run", () => 1, { rows: 8, gain: 8 }],
  ["whose rows cost as much together", (rows: number) => rows, { rows: 8, gain: 1 }],
  ["that is slow, with few rows", (rows: number) => 10 + rows, { rows: 3, gain: (3 * 11) / 13 }],
] as const) {
  test(`batches are timed: a model ${what}`, async () => {
    let now = 0;
    const core = coreOf((x, rows) => {
      now += costOf(rows);
      return x;
    });
    const { rows, gain } = await tryBatches(core, { ...options, now: () => now });
    assert.deepEqual({ rows, gain }, expected);
  });
}
