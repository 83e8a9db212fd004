import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runOp } from "@paddlewheel/core/testing";
import { CommonEchoOp } from "./common-echo-op.js";
import { DenseEchoOp } from "./dense-echo-op.js";
import { Int64TensorEchoOp } from "./int64-tensor-echo-op.js";
import { SparseEchoOp } from "./sparse-echo-op.js";

describe("the echo Ops of the demo", () => {
  test("CommonEchoOp gives back what it gets", async () => {
    assert.deepEqual(await runOp(CommonEchoOp, { request: { a: -7, b: 0.5 } }), { a: -7, b: 0.5 });
  });

  for (const opClass of [DenseEchoOp, SparseEchoOp]) {
    test(`${opClass.type} tells each instance its place, as float32`, async () => {
      assert.deepEqual(await runOp(opClass, { request: { instances: [{}, {}, {}] } }), {
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
    assert.deepEqual(await runOp(Int64TensorEchoOp, { request: { instances: [{}, {}] } }), {
      predictions: [prediction, prediction],
    });
  });

  for (const opClass of [DenseEchoOp, SparseEchoOp, Int64TensorEchoOp]) {
    test(`${opClass.type} has nothing to say to a request without instances`, async () => {
      assert.deepEqual(await runOp(opClass, { request: { instances: [] } }), { predictions: [] });
    });
  }
});
