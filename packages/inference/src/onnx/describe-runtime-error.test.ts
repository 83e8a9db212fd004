import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeRuntimeError } from "./describe-runtime-error.js";

const failed = "Non-zero status code returned while running";

const cases: readonly [said: string, told: string][] = [
  [
    `${failed} MatMul node. Name:'/backbone/layer1/MatMul' Status Message: matmul_helper.h:59 Compute MatMul dimension mismatch`,
    "MatMul: Compute MatMul dimension mismatch",
  ],
  [
    `${failed} Gather node. Name:'/emb/Gather' Status Message: indices element out of data bounds, idx=9 must be within the inclusive range [-6,5]`,
    "Gather: indices element out of data bounds, idx=9 must be within the inclusive range [-6,5]",
  ],
  [
    `${failed} Reshape node. Name:'it's' Status Message: /onnxruntime_src/onnxruntime/core/providers/cpu/tensor/reshape_helper.h:91 onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&, onnxruntime::TensorShapeVector&, bool) input_shape_size == requested_shape_size was false. The input tensor cannot be reshaped to the requested shape. Input shape:{6}, requested shape:{4,2}\n`,
    "Reshape: input_shape_size == requested_shape_size was false. The input tensor cannot be reshaped to the requested shape. Input shape:{6}, requested shape:{4,2}",
  ],
  [
    `${failed} Expand node. Name:'/emb/Expand' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 16000000000000\n`,
    "Expand: Failed to allocate memory for requested buffer of size 16000000000000",
  ],
  ["Load model from /srv/models/a/model.onnx failed:Protobuf parsing failed.", "Protobuf parsing failed."],
  [
    "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library",
    'the execution provider cuda is not installed: install CUDA 12, cuDNN 9 and the binaries for them, ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node, or run the model on the CPU: execution_providers: "cpu"',
  ],
  [
    "no available backend found. ERR: [dml] backend not found.",
    'ONNX Runtime has no execution provider dml on this platform: remove it, or run the model on the CPU: execution_providers: "cpu"',
  ],
  ["Session already disposed.", "Session already disposed."],
];

describe("describeRuntimeError", () => {
  test("keeps the operator and the reason, drops paths and C++", () => {
    for (const [said, told] of cases) assert.equal(describeRuntimeError(new Error(said)), told);
  });

  test("is quick with text made to be slow", () => {
    const hostile = `${failed} X node. Name:'${"a::b(".repeat(100_000)}`;
    assert.ok(describeRuntimeError(new Error(hostile)).length <= 2048);
    assert.ok(describeRuntimeError(`${"/a".repeat(100_000)}`).length <= 2048);
  });
});
