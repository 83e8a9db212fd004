import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, GeneralBlob, type Tensor } from "@paddlewheel/core";
import { createTestEnvironment, runOp } from "@paddlewheel/core/testing";
import { TopKOp } from "./top-k-op.js";

const labels = "cat dog eel";

function scores(shape: readonly number[], data: readonly number[]): { classify: GeneralBlob } {
  const prob: Tensor = { dtype: "float32", shape, data: Float32Array.from(data) };
  return { classify: new GeneralBlob(new Map([["prob", prob]])) };
}

describe("TopKOp", () => {
  test("gives the k best classes of each row, best first", async () => {
    const inputs = scores([2, 3], [0.25, 0.5, 0.125, 1, 0, 0.5]);
    const { tensors } = await runOp(TopKOp, { inputs, config: { k: 2, labels } });
    assert.deepEqual(Object.fromEntries(tensors), {
      label: { dtype: "string", shape: [2, 2], data: ["dog", "cat", "cat", "eel"] },
      prob: { dtype: "float32", shape: [2, 2], data: Float32Array.of(0.5, 0.25, 1, 0.5) },
    });
  });

  test("gives all classes when there are fewer than k", async () => {
    const made = await runOp(TopKOp, { inputs: scores([1, 3], [0, 0, 1]), config: { labels } });
    assert.deepEqual(made.tensor("label").shape, [1, 3]);
  });

  test("gives no rows for none", async () => {
    const made = await runOp(TopKOp, { inputs: scores([0, 3], []), config: { labels } });
    assert.deepEqual(made.tensor("prob").shape, [0, 0]);
  });

  test("counts the rows whose best class is unlikely", async () => {
    const environment = createTestEnvironment();
    const inputs = scores([3, 3], [0.2, 0.3, 0.1, 0.9, 0, 0, 0.3, 0.3, 0.3]);
    await runOp(TopKOp, { inputs, name: "top", config: { labels, unsure_below: 0.4 }, environment });
    assert.equal(environment.metrics.counted("top_k_unsure_total", { op: "top" }), 2);
  });

  for (const [what, inputs, message] of [
    ["another number of classes", scores([1, 2], [1, 0]), 'labels of op "TopKOp": 3 names for 2 classes'],
    ["another shape", scores([3], [1, 0, 0]), "prob: float32 [3], must be float32 [N, classes]"],
  ] as const) {
    test(`refuses ${what}`, async () => {
      const run = runOp(TopKOp, { inputs, config: { labels } });
      await assert.rejects(run, { code: Code.opFailure, message });
    });
  }
});
