import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, GeneralBlob } from "@paddlewheel/core";
import { runOp } from "@paddlewheel/core/testing";
import { TopKOp } from "./top-k-op.js";

/** What a classifier gives. */
function scores(shape: readonly number[], values: readonly number[]): GeneralBlob {
  const score = { dtype: "float32", shape, data: Float32Array.from(values) } as const;
  return new GeneralBlob(new Map([["score", score]]));
}

describe("TopKOp", () => {
  test("gives the best classes of each row, best first", async () => {
    const classifier = scores([2, 3], [0.5, 2, 1, 3, -1, 0]);
    const { tensors } = await runOp(TopKOp, { inputs: { classifier }, config: { k: 2 } });
    assert.deepEqual(tensors.get("top_class"), {
      dtype: "int32",
      shape: [2, 2],
      data: Int32Array.of(1, 2, 0, 2),
    });
    assert.deepEqual(tensors.get("top_score"), {
      dtype: "float32",
      shape: [2, 2],
      data: Float32Array.of(2, 1, 3, 0),
    });
  });

  test("gives no more classes than there are", async () => {
    const classifier = scores([1, 3], [0, 0, 0]);
    const blob = await runOp(TopKOp, { inputs: { classifier }, config: { k: 5 } });
    assert.deepEqual(blob.tensor("top_class").data, Int32Array.of(0, 1, 2));
  });

  test("wants at least one class", async () => {
    const classifier = scores([1, 3], [0, 0, 0]);
    await assert.rejects(runOp(TopKOp, { inputs: { classifier }, config: { k: 0 } }), {
      code: Code.invalidConf,
      message: /k.*: 0 is out of range, must be at least 1/,
    });
  });

  test("refuses scores that are not float32 [rows, classes]", async () => {
    await assert.rejects(runOp(TopKOp, { inputs: { classifier: scores([3], [1, 2, 3]) } }), {
      code: Code.invalidArgument,
      message: 'tensor "score" is float32 [3], must be float32 with 2 axes',
    });
  });
});
