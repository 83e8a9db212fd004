import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { Isolation } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import { AwaitableLogger } from "../testing/awaitable-logger.js";
import { Act, type Script } from "../testing/scripted-core.js";
import { acting, createScriptedModel } from "../testing/scripted-model.js";
import { ProcessCopies } from "./process/process-copies.js";
import { ThreadCopies } from "./thread-copies.js";
import { youngGenerationMb } from "./worker-heap.js";

async function startCopy(t: TestContext, isolation: Isolation, load: Script["load"]) {
  const { source, onLoad } = await createScriptedModel(t);
  await onLoad(load);
  const Copies = isolation === Isolation.process ? ProcessCopies : ThreadCopies;
  const observer = { workerEnded() {}, workerRestarted() {}, rerun() {}, quarantined() {} };
  const { copies } = await Copies.start({
    ...{ engine: "e", source, threads: 1, maxRunMs: 0, clock: new ManualClock(), observer },
    ...{ logger: new AwaitableLogger(), onReady() {}, onBroken() {} },
  });
  t.after(() => copies.close());
  const run = async (act: Act) => {
    const request = { inputs: acting(act), isOwned: false, ticket: undefined, onBegin() {} };
    const answer = await copies.run(request);
    assert.ok("outputs" in answer);
    return answer.outputs.get("y")?.data ?? [];
  };
  return { run };
}

for (const isolation of Object.values(Isolation)) {
  describe(`a ${isolation} that runs a model`, () => {
    test("keeps nothing of what its load left behind", async (t) => {
      const { run } = await startCopy(t, isolation, "litter");
      const [used] = await run(Act.weigh);
      assert.ok(Number(used) < 8e6, `${used} bytes in use`);
    });

    test("has a small young generation, however much its runs leave behind", async (t) => {
      const { run } = await startCopy(t, isolation, "succeed");
      await run(Act.litter);
      const [, young] = await run(Act.weigh);
      assert.ok(Number(young) <= youngGenerationMb * 2 ** 20, `${young} bytes`);
    });
  });
}
