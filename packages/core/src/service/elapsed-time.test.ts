import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { Call } from "../call.js";
import { Workflow } from "../dag/workflow.js";
import { WorkflowType } from "../dag/workflow-conf.js";
import { OpRegistry } from "../op/op-registry.js";
import { ManualClock } from "../testing/manual-clock.js";
import { type Inference, opOf } from "../testing/op-of.js";
import { openWorkflow } from "../testing/open-workflow.js";
import { nodeConf } from "../testing/random-workflow.js";
import { createTestEnvironment } from "../testing/test-environment.js";
import { defaultMerger } from "./merger.js";
import { createInferService } from "./parallel-infer-service.js";

/** An Op that takes 100 ms. */
const slow: Inference = (op) =>
  new Promise<void>((resolve) => {
    op.output = {};
    op.environment.clock.setTimer(resolve, 100);
  });

/** How long `work` takes, in steps of 10 ms of the clock, up to a second. */
async function elapsed(clock: ManualClock, work: unknown): Promise<number> {
  const start = clock.now();
  let isDone = false;
  const done = Promise.resolve(work).then(() => {
    isDone = true;
  });
  await setImmediate();
  while (!isDone && clock.now() < start + 1000) {
    clock.advance(10);
    await setImmediate();
  }
  assert.ok(isDone);
  await done;
  return clock.now() - start;
}

describe("a diamond whose two middle Ops take 100 ms each", () => {
  for (const [type, ms] of [
    [WorkflowType.parallel, 100],
    [WorkflowType.sequence, 200],
  ] as const) {
    test(`takes ${ms} ms in ${type}`, async () => {
      const clock = new ManualClock();
      const pool = openWorkflow({
        nodes: { top: [], left: ["top"], right: ["top"], bottom: ["left", "right"] },
        inference: { left: slow, right: slow },
        type,
        environment: createTestEnvironment({ clock }),
      });
      const call = new Call({ service: "s", method: "m", clock });
      assert.equal(await elapsed(clock, pool.run({ request: {}, call })), ms);
    });
  }
});

describe("a service of two workflows that take 100 ms each", () => {
  for (const [isParallel, ms] of [
    [true, 100],
    [false, 200],
  ] as const) {
    test(`takes ${ms} ms ${isParallel ? "side by side" : "one after the other"}`, async () => {
      const clock = new ManualClock();
      const ops = new OpRegistry().register(opOf("slow", slow));
      const names = ["first", "second"];
      const nodes = [nodeConf("slow")];
      const service = createInferService({
        conf: {
          name: "S",
          merger: "default",
          workflows: names,
          workflowMap: undefined,
          isParallel,
          webService: undefined,
        },
        workflows: new Map(
          names.map((name) => [name, new Workflow({ name, workflowType: "Sequence", nodes }, ops)]),
        ),
        merger: defaultMerger,
        environment: createTestEnvironment({ clock }),
      });
      const call = new Call({ service: "S", method: "m", clock });
      assert.equal(await elapsed(clock, service.inference({}, call)), ms);
    });
  }
});
