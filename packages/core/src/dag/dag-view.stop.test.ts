import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { Call } from "../call.js";
import { Code } from "../code.js";
import type { Op } from "../op/op.js";
import { OpRegistry } from "../op/op-registry.js";
import { createDeferred, type Deferred } from "../testing/deferred.js";
import { type Inference, opOf } from "../testing/op-of.js";
import { openWorkflow } from "../testing/open-workflow.js";
import { randomWorkflow } from "../testing/random-workflow.js";
import { createTestEnvironment } from "../testing/test-environment.js";
import { Workflow } from "./workflow.js";
import { startupOp, type WorkflowConf, WorkflowType } from "./workflow-conf.js";

const createCall = (): Call => new Call({ service: "s", method: "inference" });

/** A workflow whose Ops the test watches and, the asynchronous ones, ends in an order of its own. */
function openByHand(conf: WorkflowConf, isAsync: (node: string) => boolean, onStep: () => void) {
  const ops = new Set<Op>();
  const atWork: Deferred<void>[] = [];
  const log = { started: 0 };
  const inference: Inference = (op) => {
    ops.add(op);
    log.started++;
    op.output = op.preNames.map((name) => op.dependArgument(name));
    onStep();
    if (!isAsync(op.name)) return undefined;
    const end = createDeferred();
    atWork.push(end);
    return end.promise;
  };
  const registry = new OpRegistry();
  for (const { type } of conf.nodes) registry.register(opOf(type, inference));
  const pool = new Workflow(conf, registry).openFor("s", createTestEnvironment());
  return { pool, ops, atWork, log };
}

/** Ends pending Ops one by one, in the order `pick` gives, until none is left. */
async function endAll(atWork: Deferred<void>[], pick: (count: number) => number, onStep: () => void) {
  while (atWork.length > 0) {
    onStep();
    const [end] = atWork.splice(pick(atWork.length), 1);
    end?.resolve();
    await setImmediate();
  }
}

const anyRun = fc.record({
  conf: randomWorkflow,
  asyncNodes: fc.uniqueArray(fc.nat(9).map((id) => (id === 9 ? "last" : `n${id}`))),
  stopAt: fc.nat(24),
  picks: fc.infiniteStream(fc.nat(9)),
});

describe("a request that is cancelled at any step", () => {
  test("is answered as cancelled, starts no Op afterwards, and leaves an empty view for the next", async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async ({ conf, asyncNodes, stopAt, picks }) => {
        const call = createCall();
        let step = 0;
        let startedBefore = -1;
        const onStep = (): void => {
          if (step++ !== stopAt) return;
          call.cancel("stopped by the test");
          startedBefore = log.started;
        };
        const pick = (count: number): number => picks.next().value % count;
        const { pool, ops, atWork, log } = openByHand(conf, (node) => asyncNodes.includes(node), onStep);
        const answer = (async () => pool.run({ request: "first", call }))();
        const outcome = answer.then(
          () => undefined,
          (error: unknown) => error,
        );
        await endAll(atWork, pick, onStep);

        if (startedBefore < 0) assert.equal(await outcome, undefined);
        else {
          assert.equal(
            await outcome.then((error) => (error as { message?: string })?.message),
            "stopped by the test",
          );
          assert.equal(log.started, startedBefore, "no Op starts once the call has stopped");
        }
        for (const op of ops) {
          assert.equal(op.channel.isAbsent, true);
          assert.equal(op.hasDependArgument(startupOp), false);
        }

        const second = (async () => pool.run({ request: "second", call: createCall() }))();
        await endAll(atWork, pick, () => {});
        await second;
        assert.equal(ops.size, conf.nodes.length, "the second request used the Ops of the first");
      }),
    );
  });
});

test("a request that was answered leaves no listener at its caller's call", async () => {
  const call = createCall();
  const later: Inference = async (op) => {
    op.call.onStop(() => {});
    await Promise.resolve();
    op.output = [1, 2];
  };
  const conf = { a: { timeoutMs: 50, retries: 1 }, b: { mapOver: "a" } };
  const pool = openWorkflow({ nodes: { a: [], b: ["a"] }, conf, inference: { a: later, b: later } });
  const answer = pool.run({ request: {}, call });
  assert.equal(call.listenerCount, 1);
  await answer;
  assert.equal(call.listenerCount, 0);
});

describe("the deadline of a request", () => {
  for (const type of Object.values(WorkflowType)) {
    test(`answers a ${type} request while its Op is still at work, and starts nothing more`, async () => {
      const { clock } = createTestEnvironment();
      const call = new Call({ service: "s", method: "inference", clock, timeoutMs: 50 });
      const end = createDeferred();
      const pool = openWorkflow({
        type,
        nodes: { a: [], b: ["a"] },
        inference: { a: () => end.promise, b: () => assert.fail("the deadline has passed") },
      });
      const answer = assert.rejects(async () => pool.run({ request: {}, call }), {
        code: Code.deadlineExceeded,
        message: "the deadline of 50 ms has passed",
        details: { service: "s", workflow: "w" },
      });
      clock.advance(50);
      await answer;
      end.resolve();
      await setImmediate();
      assert.equal(clock.timerCount, 0);
    });

    test(`stops a ${type} request of Ops that hold the event loop between two of them`, async () => {
      const { clock } = createTestEnvironment();
      const call = new Call({ service: "s", method: "inference", clock, timeoutMs: 50 });
      const pool = openWorkflow({
        type,
        nodes: { a: [], b: ["a"] },
        inference: { a: () => clock.advance(60), b: () => assert.fail("the deadline has passed") },
      });
      await assert.rejects(async () => pool.run({ request: {}, call }), { code: Code.deadlineExceeded });
    });

    test(`that has passed before a ${type} request begins starts nothing`, async () => {
      const call = new Call({ service: "s", method: "inference", timeoutMs: 0 });
      const pool = openWorkflow({ type, nodes: { a: [] }, inference: { a: () => assert.fail("too late") } });
      await assert.rejects(async () => pool.run({ request: {}, call }), { code: Code.deadlineExceeded });
    });
  }
});

describe("requests at the same time", () => {
  test("never share a view: each Op sees the data of its own request only", async () => {
    await fc.assert(
      fc.asyncProperty(
        randomWorkflow,
        fc.scheduler(),
        fc.integer({ min: 2, max: 12 }),
        async (conf, s, count) => {
          const busy = new Set<Op>();
          const inference: Inference = async (op) => {
            const request = op.requestMessage<number>();
            assert.ok(!busy.has(op), "this Op is at work for another request");
            busy.add(op);
            await s.schedule(Promise.resolve());
            assert.equal(op.requestMessage(), request);
            for (const name of op.preNames) assert.equal(op.dependArgument<number>(name), request);
            op.output = request;
            busy.delete(op);
          };
          const registry = new OpRegistry();
          for (const { type } of conf.nodes) registry.register(opOf(type, inference));
          const pool = new Workflow(conf, registry).openFor("s", createTestEnvironment());
          const requests = Array.from({ length: count }, (_, i) => i);
          const answers = requests.map(async (request) => {
            await s.schedule(Promise.resolve());
            return pool.run({ request, call: createCall() });
          });
          await s.waitFor(Promise.all(answers));
          assert.deepEqual(await Promise.all(answers), requests);
        },
      ),
      { numRuns: 50 },
    );
  });
});
