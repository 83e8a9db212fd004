import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ManualClock } from "@paddlewheel/core/testing";
import { identityModel } from "@paddlewheel/onnx";
import { batchConfOf } from "../batch/plan-batching.js";
import { engineConf } from "../testing/engine-conf.js";
import { createModelFolder } from "../testing/model-folder.js";
import { tensor, tensors } from "../testing/tensors.js";
import { InlineExecutor } from "./inline-executor.js";

/** An executor of a model that gives back its input, on a clock that a test moves. */
async function createTestExecutor(t: TestContext) {
  const folder = await createModelFolder(t, {
    "model.onnx": identityModel({ dtype: "float32", shape: ["N"] }),
  });
  const clock = new ManualClock();
  const runs: number[] = [];
  const nothing = (): void => {};
  const executor = await InlineExecutor.create({
    engine: "e",
    source: {
      module: new URL("../onnx/onnx-core-module.js", import.meta.url).href,
      dataPath: join(folder, "model.onnx"),
      model: undefined,
    },
    batch: batchConfOf(engineConf({ modelDir: folder })),
    limits: { maxQueueSize: 10, maxQueueWaitMs: 0 },
    clock,
    observer: {
      waited: nothing,
      ran: (ms) => runs.push(ms),
      refused: nothing,
      split: nothing,
      retried: nothing,
      workerEnded: nothing,
      workerRestarted: nothing,
      rerun: nothing,
      quarantined: nothing,
    },
  });
  t.after(() => executor.close());
  return { executor, clock, runs };
}

test("what the event loop does before a run begins is no time of the model", async (t) => {
  const { executor, clock, runs } = await createTestExecutor(t);
  const run = executor.run(tensors({ x: tensor("float32", [1], Float32Array.of(1)) }));
  clock.advance(100);
  await run;
  assert.deepEqual(runs, [0]);
});
