import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runWorkflow } from "../testing/run-workflow.js";

function answer(type: string, request: object): Promise<unknown> {
  return runWorkflow({ nodes: { only: [type] }, request });
}

describe("the echo Ops of the demo", () => {
  test("CommonEchoOp gives back what it gets", async () => {
    assert.deepEqual(await answer("CommonEchoOp", { a: -7, b: 0.5 }), { a: -7, b: 0.5 });
  });

  for (const type of ["DenseEchoOp", "SparseEchoOp"]) {
    test(`${type} tells each instance its place, as float32`, async () => {
      const instances = [{}, {}, {}];
      assert.deepEqual(await answer(type, { instances }), {
        predictions: [
          { categories: Float32Array.of(100, 200) },
          { categories: Float32Array.of(100.1, 200.1) },
          { categories: Float32Array.of(100.2, 200.2) },
        ],
      });
    });
  }

  test("Int64TensorEchoOp gives each instance the same tensor", async () => {
    const prediction = { data: [1, 2], shape: [2, 1] };
    assert.deepEqual(await answer("Int64TensorEchoOp", { instances: [{}, {}] }), {
      predictions: [prediction, prediction],
    });
  });

  for (const type of ["DenseEchoOp", "SparseEchoOp", "Int64TensorEchoOp"]) {
    test(`${type} has nothing to say to a request without instances`, async () => {
      assert.deepEqual(await answer(type, { instances: [] }), { predictions: [] });
    });
  }
});
