import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { Call } from "../call.js";
import { Code } from "../code.js";
import { CallTrace } from "../observe/call-trace.js";
import type { Op } from "../op/op.js";
import { ServeError } from "../serve-error.js";
import { createDeferred, type Deferred } from "../testing/deferred.js";
import type { Inference } from "../testing/op-of.js";
import { openWorkflow } from "../testing/open-workflow.js";
import { createTestEnvironment } from "../testing/test-environment.js";
import type { NodeConf } from "./workflow-conf.js";

const where = { service: "s", workflow: "w", node: "b" };

/** The workflow a → b → c with conf for b; what b does is up to the test. */
function open(b: Inference, conf: Partial<NodeConf>) {
  const environment = createTestEnvironment();
  const pool = openWorkflow({
    nodes: { a: [], b: ["a"], c: ["b"] },
    conf: { b: conf },
    inference: {
      a: (op) => {
        op.output = op.requestMessage();
      },
      b,
      c: (op) => {
        op.output = op.hasDependArgument("b") ? op.dependArgument("b") : "absent";
      },
    },
    environment,
  });
  const { clock, metrics } = environment;
  const createCall = (timeoutMs?: number): Call =>
    new Call({ service: "s", method: "inference", clock, timeoutMs });
  return {
    environment,
    clock,
    createCall,
    run: async (request: unknown = "request", call: Call = createCall()): Promise<unknown> =>
      pool.run({ request, call }),
    retries: () => metrics.counted("paddlewheel_node_retries_total", { ...place, op: "b" }),
  };
}

const place = { service: "s", workflow: "w" };

/** An Op that does what the list says, one entry per attempt, the last one ever after. */
function script(...attempts: Inference[]): Inference {
  let attempt = 0;
  return (op) => attempts[Math.min(attempt++, attempts.length - 1)]?.(op);
}

const failWith =
  (code: Code): Inference =>
  () => {
    throw new ServeError(code, `failed with ${code}`);
  };
const giveOne: Inference = (op) => {
  op.output = 1;
};
const succeed: Inference = (op) => {
  op.output = `${op.dependArgument<string>("a")} done`;
};

describe("a node with retries", () => {
  for (const code of [
    Code.unavailable,
    Code.resourceExhausted,
    Code.internal,
    Code.opFailure,
    Code.deadlineExceeded,
  ]) {
    test(`is tried again after ${code}, and its output is that of the attempt that succeeds`, async () => {
      const { run, retries } = open(script(failWith(code), failWith(code), succeed), { retries: 2 });
      assert.equal(await run(), "request done");
      assert.equal(retries(), 2);
    });
  }

  for (const code of [
    Code.invalidArgument,
    Code.malformedRequest,
    Code.notFound,
    Code.cancelled,
    Code.unauthenticated,
  ]) {
    test(`is not tried again after ${code}`, async () => {
      const { run, retries } = open(failWith(code), { retries: 2 });
      await assert.rejects(run(), { code, details: where });
      assert.equal(retries(), 0);
    });
  }

  test("is tried again after a thrown error and a negative code, and fails as its last attempt did", async () => {
    const attempts = script(
      () => {
        throw new Error("first");
      },
      () => -5,
      async () => {
        throw new Error("third");
      },
    );
    await assert.rejects(open(attempts, { retries: 2 }).run(), {
      code: Code.opFailure,
      message: 'op "b" (b) failed',
      cause: new Error("third"),
      details: where,
    });
  });

  test("lets go of what a failed attempt wrote, and takes a positive code for an absent output", async () => {
    const writeAndFail: Inference = (op) => {
      op.output = "half done";
      return -1;
    };
    const { run } = open(
      script(writeAndFail, (op) => {
        assert.equal(op.channel.isAbsent, true);
        return Code.opIgnore;
      }),
      { retries: 1 },
    );
    assert.equal(await run(), "absent");
  });

  test("waits for its backoff before each retry", async () => {
    const { run, clock, retries } = open(
      script(failWith(Code.unavailable), failWith(Code.unavailable), succeed),
      {
        retries: 2,
        retryBackoffMs: 20,
      },
    );
    const answer = run();
    assert.equal(clock.timerCount, 1);
    clock.advance(19);
    assert.equal(retries(), 1);
    clock.advance(1);
    assert.equal(retries(), 2);
    clock.advance(20);
    assert.equal(await answer, "request done");
    assert.equal(clock.timerCount, 0);
  });

  test("fails at once when its backoff would pass the call's deadline", async () => {
    const { run, createCall, clock } = open(failWith(Code.unavailable), { retries: 5, retryBackoffMs: 50 });
    await assert.rejects(run("request", createCall(50)), { code: Code.unavailable });
    assert.equal(clock.timerCount, 0);
  });

  test("is not tried again once its call has stopped", async () => {
    const call = new Call({ service: "s", method: "inference" });
    const cancelAndFail: Inference = () => {
      call.cancel("enough");
      return -1;
    };
    const now = open(cancelAndFail, { retries: 5 });
    await assert.rejects(now.run("request", call), { message: "enough" });
    assert.equal(now.retries(), 0);
  });

  test("stops waiting for its backoff when its call stops", async () => {
    const { run, createCall, clock, retries } = open(() => -1, { retries: 5, retryBackoffMs: 50 });
    const call = createCall();
    const answer = assert.rejects(run("wait", call), { code: Code.cancelled });
    call.cancel();
    await answer;
    assert.equal(clock.timerCount, 0);
    assert.equal(retries(), 1);
  });

  test("has each attempt traced in the node's span", async () => {
    const trace = new CallTrace();
    const pool = openWorkflow({
      nodes: { b: [] },
      conf: { b: { retries: 1 } },
      inference: { b: script(failWith(Code.unavailable), giveOne) },
    });
    pool.run({ request: {}, call: new Call({ service: "s", method: "m", trace }) });
    const spans = trace.spans.map(({ name, parent, attributes }) => [name, parent?.name, attributes]);
    assert.deepEqual(spans, [
      ["w", undefined, {}],
      ["b", "w", { stage: 0, type: "b" }],
      ["b", "b", { attempt: 1, error: "unavailable" }],
      ["b", "b", { attempt: 2 }],
    ]);
  });
});

/** What an Op at work left behind: its end is up to the test. */
function holdUntilTold(): { inference: Inference; atWork: { op: Op; end: Deferred<void> }[] } {
  const atWork: { op: Op; end: Deferred<void> }[] = [];
  const inference: Inference = async (op) => {
    const request = op.requestMessage();
    const end = createDeferred();
    atWork.push({ op, end });
    await end.promise;
    assert.equal(op.requestMessage(), request, "a late Op still sees its own request");
    assert.equal(op.dependArgument("a"), request);
    op.output = `${request} late`;
  };
  return { inference, atWork };
}

describe("a node with a timeout", () => {
  test("fails when an attempt takes longer, whatever its Op goes on to do", async () => {
    const { inference, atWork } = holdUntilTold();
    const { run, clock } = open(inference, { timeoutMs: 50 });
    const failed = assert.rejects(run(), {
      code: Code.deadlineExceeded,
      message: 'op "b" (b) took longer than its timeout_ms, 50',
      details: where,
    });
    clock.advance(50);
    await failed;
    assert.equal(atWork[0]?.op.call.stopReason?.code, Code.deadlineExceeded, "the Op is told");
    atWork[0]?.end.resolve();
    await setImmediate();
    assert.equal(clock.timerCount, 0);
  });

  test("is tried again beside the attempt left behind, whose late output goes nowhere", async () => {
    const { inference, atWork } = holdUntilTold();
    const { run, clock } = open(inference, { timeoutMs: 50, retries: 1 });
    const first = run("first");
    clock.advance(50);
    assert.equal(atWork.length, 2);
    assert.notEqual(atWork[0]?.op, atWork[1]?.op);
    atWork[0]?.end.resolve();
    await setImmediate();
    const second = run("second");
    atWork[1]?.end.resolve();
    assert.equal(await first, "first late");
    for (const { end } of atWork) end.resolve();
    assert.equal(await second, "second late");
    assert.equal(clock.timerCount, 0);
  });

  test("has its view used again although an Op never ends, and that Op's instance when it does", async () => {
    const { inference, atWork } = holdUntilTold();
    const { run, clock } = open(inference, { timeoutMs: 50 });
    for (let i = 0; i < 3; i++) {
      const failed = assert.rejects(run(`request ${i}`), { code: Code.deadlineExceeded });
      clock.advance(50);
      await failed;
    }
    assert.equal(new Set(atWork.map(({ op }) => op)).size, 3, "none has ended yet");
    for (const { end } of atWork) end.resolve();
    await setImmediate();
    const last = run("last");
    atWork[3]?.end.resolve();
    assert.equal(await last, "last late");
    assert.equal(new Set(atWork.map(({ op }) => op)).size, 3);
  });

  test("takes an output that came in time, and keeps no timer", async () => {
    for (const inference of [succeed, async (op: Parameters<Inference>[0]) => void (await succeed(op))]) {
      const { run, clock } = open(inference, { timeoutMs: 50 });
      assert.equal(await run(), "request done");
      assert.equal(clock.timerCount, 0);
    }
  });

  test("stops with its call, and says so", async () => {
    const { inference } = holdUntilTold();
    const { run, createCall, clock } = open(inference, { timeoutMs: 50, retries: 3 });
    const answer = assert.rejects(run("request", createCall(20)), {
      message: "the deadline of 20 ms has passed",
    });
    clock.advance(20);
    await answer;
    assert.equal(clock.timerCount, 0);
  });
});
