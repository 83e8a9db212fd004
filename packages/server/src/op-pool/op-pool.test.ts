import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { Call, type CallOptions, Code, GeneralBlob, ServeError } from "@paddlewheel/core";
import { ManualClock, RecordingMetrics } from "@paddlewheel/core/testing";
import { createOpPool, type WorkerOpPool } from "./op-pool.js";
import { NoticingLogger } from "./testing/noticing-logger.js";
import { nodeOf, scriptedOps, taskOf } from "./testing/op-task.js";
import type { Place } from "./testing/scripted-ops.js";

interface PoolSettings {
  readonly threads?: number;
  readonly maxQueue?: number;
}

function createTestPool(t: TestContext, { threads = 1, maxQueue = 10 }: PoolSettings = {}) {
  const metrics = new RecordingMetrics();
  const logger = new NoticingLogger();
  const clock = new ManualClock();
  const pool = createOpPool({ threads, maxQueue, metrics, logger, clock });
  t.after(async () => {
    const closed = pool.close();
    clock.advance(5000);
    await closed;
  });
  const call = (options: Partial<CallOptions> = {}) =>
    new Call({ service: "s", method: "m", clock, ...options });
  return { pool, metrics, logger, clock, call };
}

/** What BlockOp waits at. */
function createGate(): { readonly request: Int32Array; open(): void } {
  const request = new Int32Array(new SharedArrayBuffer(4));
  return {
    request,
    open() {
      Atomics.store(request, 0, 1);
      Atomics.notify(request, 0);
    },
  };
}

async function threadOf(pool: WorkerOpPool, call: Call): Promise<number> {
  return ((await pool.run(taskOf("WhereOp"), call)).output as Place).threadId;
}

function failure(message: string, code: Code = Code.opFailure): { code: Code; message: string } {
  return { code, message };
}

describe("an Op on the pool", () => {
  test("gets the request as it is", async (t) => {
    const { pool, call } = createTestPool(t);
    const request = { id: 2n, image: Buffer.from("abc"), pixels: new Float32Array(5000).fill(3) };
    const { result, output } = await pool.run(taskOf("EchoOp", { request }), call());
    assert.equal(result, undefined);
    assert.deepEqual(output, request);
    assert.equal(request.pixels.length, 5000);
  });

  test("gets the outputs of its dependencies, and its own copy of them", async (t) => {
    const { pool, call } = createTestPool(t);
    const data = new Float32Array(5000).fill(1);
    const x = { dtype: "float32", shape: [5000], data } as const;
    const before = new GeneralBlob(new Map([["x", x]]));
    const { output } = await pool.run(taskOf("AddOneOp", { before }), call());
    assert.deepEqual(output, { ...x, data: new Float32Array(5000).fill(2) });
    assert.equal(before.tensor("x").data.length, 5000);
  });

  test("is told when a dependency gave no output, and may give none itself", async (t) => {
    const { pool, call } = createTestPool(t);
    assert.deepEqual(await pool.run(taskOf("AddOneOp"), call()), { result: undefined, output: undefined });
  });

  test("has its node's options and name, and one instance for each node", async (t) => {
    const { pool, call } = createTestPool(t);
    const node = nodeOf("WhereOp", { k: "7" });
    const { output } = await pool.run(taskOf("WhereOp", { node }), call());
    const { threadId } = output as Place;
    assert.deepEqual(output, { threadId, runs: 1, fullName: "w_1_it", k: 7 });
    const again = await pool.run(taskOf("WhereOp", { node }), call());
    assert.deepEqual(again.output, { threadId, runs: 2, fullName: "w_1_it", k: 7 });
    const ofNewConf = await pool.run(taskOf("WhereOp", { node: nodeOf("WhereOp") }), call());
    assert.deepEqual(ofNewConf.output, { threadId, runs: 1, fullName: "w_1_it", k: 5 });
  });

  test("sees its call, and may attach bytes to the answer", async (t) => {
    const { pool, call } = createTestPool(t);
    const options = { protocol: "grpc", logId: 2n ** 63n, requestId: "r" } as const;
    const seen = { service: "s", method: "m", ...options };
    const endless = call(options);
    const { output } = await pool.run(taskOf("SeeCallOp"), endless);
    assert.deepEqual(output, { ...seen, hasDeadline: false });
    assert.equal(Buffer.from(endless.responseAttachment ?? []).toString(), "attached");
    const timed = await pool.run(taskOf("SeeCallOp"), call({ ...options, timeoutMs: 60_000 }));
    assert.deepEqual(timed.output, { ...seen, hasDeadline: true });
  });

  test("knows why it runs when it stands in for another", async (t) => {
    const { pool, call } = createTestPool(t);
    const reason = new ServeError(Code.overflow, "too much");
    const { output } = await pool.run(taskOf("SeeFailureOp", { failure: reason }), call());
    assert.deepEqual(output, { code: Code.overflow, message: "too much" });
    const without = await pool.run(taskOf("SeeFailureOp"), call());
    assert.deepEqual(without.output, { code: undefined, message: undefined });
  });

  test("may say that it gives no output or has failed", async (t) => {
    const { pool, call } = createTestPool(t);
    const outcome = (request: unknown) => pool.run(taskOf("ReturnOp", { request }), call());
    assert.deepEqual(await outcome(0), { result: 0, output: "something" });
    assert.deepEqual(await outcome(1), { result: 1, output: undefined });
    assert.deepEqual(await outcome(-5100), { result: -5100, output: undefined });
    await assert.rejects(
      outcome("x"),
      failure('op "it" (ReturnOp) returned string, must return nothing or a number'),
    );
  });

  test("fails with what it threw", async (t) => {
    const { pool, call } = createTestPool(t);
    await assert.rejects(pool.run(taskOf("ThrowServeErrorOp"), call()), (thrown: ServeError) => {
      assert.ok(thrown instanceof ServeError);
      assert.deepEqual(
        [thrown.code, thrown.message, thrown.details],
        [Code.invalidArgument, "x is wrong", { field: "x" }],
      );
      assert.equal((thrown.cause as Error).message, "raw");
      return true;
    });
    await assert.rejects(pool.run(taskOf("ThrowErrorOp"), call()), (thrown: Error) => {
      assert.deepEqual([thrown.name, thrown.message], ["RangeError", "too far"]);
      assert.match(String(thrown.stack), /scripted-ops/);
      return true;
    });
    for (const request of ["text", null]) {
      const thrown = await pool
        .run(taskOf("ThrowValueOp", { request: request ?? 0 }), call())
        .catch((it) => it);
      assert.equal(thrown, request ?? 0);
    }
  });

  test("cannot run engines", async (t) => {
    const { pool, call } = createTestPool(t);
    await assert.rejects(
      pool.run(taskOf("InferOp"), call()),
      failure(
        'op "it" (InferOp) runs on the pool, where there are no engines: split it, and let a node on the event loop run the model',
      ),
    );
  });

  test("fails when it cannot be created or found", async (t) => {
    const { pool, call } = createTestPool(t);
    await assert.rejects(pool.run(taskOf("BrokenOp"), call()), (thrown: ServeError) => {
      assert.equal(thrown.message, 'op "it" (BrokenOp) could not be created');
      assert.equal((thrown.cause as Error).message, "no table");
      return true;
    });
    await assert.rejects(
      pool.run(taskOf("EchOp"), call()),
      failure(
        `module "${scriptedOps}": exports no Op of the type "EchOp"; did you mean "EchoOp"?`,
        Code.invalidConf,
      ),
    );
  });

  test("fails when its input or its output cannot cross threads, and the thread goes on", async (t) => {
    const { pool, call } = createTestPool(t);
    const rest = "only plain data, typed arrays and GeneralBlobs cross threads";
    const before = await threadOf(pool, call());
    await assert.rejects(
      pool.run(taskOf("FunctionOp"), call()),
      failure(`the output of op "it" (FunctionOp) holds a function at boxes[0].draw; ${rest}`),
    );
    await assert.rejects(
      pool.run(taskOf("EchoOp", { request: { on: () => 0 } }), call()),
      failure(`op "it" (EchoOp) runs on the pool, and the request holds a function at on; ${rest}`),
    );
    await assert.rejects(
      pool.run(taskOf("EchoOp", { before: Promise.resolve() }), call()),
      failure(
        `op "it" (EchoOp) runs on the pool, and the output of "before" is an instance of Promise; ${rest}`,
      ),
    );
    assert.equal(await threadOf(pool, call()), before);
  });

  test("fails when it gives an array that it gave away before", async (t) => {
    const { pool, call } = createTestPool(t);
    const node = nodeOf("SameArrayOp");
    await pool.run(taskOf("SameArrayOp", { node }), call());
    await assert.rejects(
      pool.run(taskOf("SameArrayOp", { node }), call()),
      failure(
        'the output of op "it" (SameArrayOp) is an array whose memory was given away before; large arrays of an output are handed over: make a new one for each request',
      ),
    );
  });

  test("logs and measures as on the event loop", async (t) => {
    const { pool, call, logger, metrics } = createTestPool(t);
    await pool.run(taskOf("NoteOp"), call());
    await logger.line("all told");
    const { level, fields } = await logger.line("told");
    const { err, ...others } = fields;
    assert.deepEqual([level, others], ["warn", { a: 1, b: [2n] }]);
    assert.ok(err instanceof ServeError);
    assert.deepEqual([err.code, err.message, err.cause], [Code.overflow, "too much", "raw"]);
    assert.deepEqual((await logger.line("told as text")).fields, { fields: "{ draw: [Function: draw] }" });
    assert.equal(metrics.counted("boxes", { kind: "small" }), 3);
    assert.deepEqual(metrics.observations("sizes"), [4]);
    assert.equal(metrics.gaugeValue("load"), 0.5);
  });

  test("learns that its call was cancelled, or is past its deadline, when it asks", async (t) => {
    const { pool, call, logger, clock } = createTestPool(t);
    const cancelled = call();
    const first = pool.run(taskOf("AskOp"), cancelled);
    await logger.line("at work");
    cancelled.cancel("gone");
    await assert.rejects(first, failure("gone", Code.cancelled));
    await logger.line("nobody waits for this run any more");
    // In the thread time passes by itself.
    const timed = call({ timeoutMs: 20 });
    const second = pool.run(taskOf("AskOp"), timed);
    await logger.line("the deadline of 20 ms has passed");
    await second;
    assert.equal(clock.now(), 0);
  });
});

describe("the Op pool", () => {
  test("runs as many Ops at once as it has threads, and lets the others wait", async (t) => {
    const { pool, call, logger, metrics } = createTestPool(t, { threads: 2 });
    const gate = createGate();
    const runs = [1, 2, 3].map(() => pool.run(taskOf("BlockOp", gate), call()));
    await logger.line("at work");
    await logger.line("at work");
    assert.equal(metrics.gaugeValue("paddlewheel_op_pool_busy_threads"), 2);
    assert.equal(metrics.gaugeValue("paddlewheel_op_pool_queue_depth"), 1);
    gate.open();
    const threads = (await Promise.all(runs)).map(({ output }) => output);
    assert.equal(new Set(threads.slice(0, 2)).size, 2);
    assert.equal(metrics.gaugeValue("paddlewheel_op_pool_busy_threads"), 0);
    assert.equal(metrics.observations("paddlewheel_op_pool_wait_seconds").length, 3);
    const seconds = metrics.observations("paddlewheel_op_pool_run_seconds", { workflow: "w", op: "it" });
    assert.equal(seconds.length, 3);
  });

  test("refuses a run when too many wait", async (t) => {
    const { pool, call, metrics } = createTestPool(t, { maxQueue: 1 });
    const gate = createGate();
    const runs = [1, 2].map(() => pool.run(taskOf("BlockOp", gate), call()));
    await assert.rejects(
      pool.run(taskOf("BlockOp", gate), call()),
      failure("1 runs wait for a thread of the op pool, which is its limit", Code.resourceExhausted),
    );
    assert.equal(metrics.counted("limit_exceeded_total", { limit: "op_pool_queue" }), 1);
    gate.open();
    await Promise.all(runs);
  });

  test("does not run what left the line", async (t) => {
    const { pool, call, clock } = createTestPool(t);
    const gate = createGate();
    const node = nodeOf("WhereOp");
    const first = pool.run(taskOf("BlockOp", gate), call());
    const [cancelled, late] = [call(), call({ timeoutMs: 10 })];
    const leaving = [cancelled, late].map((one) => pool.run(taskOf("WhereOp", { node }), one));
    const staying = pool.run(taskOf("WhereOp", { node }), call());
    cancelled.cancel("gone");
    await assert.rejects(leaving[0] ?? first, failure("gone", Code.cancelled));
    clock.advance(10);
    await assert.rejects(
      leaving[1] ?? first,
      failure("the deadline of 10 ms has passed", Code.deadlineExceeded),
    );
    gate.open();
    await first;
    assert.equal(((await staying).output as Place).runs, 1);
  });

  test("does not start a run whose call has stopped", async (t) => {
    const { pool, call } = createTestPool(t);
    const stopped = call();
    stopped.cancel("gone");
    await assert.rejects(pool.run(taskOf("EchoOp"), stopped), failure("gone", Code.cancelled));
  });

  for (const [type, reason] of [
    ["ExitOp", "worker exited with code: 3"],
    ["CrashOp", "crashed"],
  ] as const) {
    test(`replaces a thread that dies in a run (${type}): only that run fails`, async (t) => {
      const { pool, call, logger, metrics } = createTestPool(t, { threads: 2 });
      const gate = createGate();
      const other = pool.run(taskOf("BlockOp", gate), call());
      await logger.line("at work");
      const fatal = pool.run(taskOf(type), call());
      const waiting = pool.run(taskOf("EchoOp", { request: 1 }), call());
      await assert.rejects(fatal, (thrown: ServeError) => {
        assert.equal(thrown.code, Code.opFailure);
        assert.equal(thrown.message, `the worker thread that ran op "it" (${type}) died; it is replaced`);
        assert.equal((thrown.cause as Error).message, reason);
        return true;
      });
      assert.equal((await waiting).output, 1);
      gate.open();
      await other;
      assert.deepEqual((await logger.line("a thread of the op pool died")).fields.op, "it");
      assert.equal(metrics.counted("paddlewheel_op_pool_threads_replaced_total", { reason: "died" }), 1);
    });
  }

  test("replaces a thread that dies between runs", async (t) => {
    const { pool, call, logger } = createTestPool(t, { threads: 2 });
    const gate = createGate();
    const other = pool.run(taskOf("BlockOp", gate), call());
    await logger.line("at work");
    const before = await threadOf(pool, call());
    await pool.run(taskOf("ExitLaterOp"), call());
    const { fields } = await logger.line("an idle thread of the op pool died");
    assert.equal((fields.err as Error).message, "late");
    assert.notEqual(await threadOf(pool, call()), before);
    gate.open();
    await other;
  });

  test("ends a thread whose run goes on for 30 s after its call has stopped, and replaces it", async (t) => {
    const { pool, call, clock, logger, metrics } = createTestPool(t);
    const before = await threadOf(pool, call());
    const abandoned = call({ timeoutMs: 100 });
    const run = pool.run(taskOf("SpinOp"), abandoned);
    await logger.line("at work");
    clock.advance(100);
    await assert.rejects(run, failure("the deadline of 100 ms has passed", Code.deadlineExceeded));
    const next = threadOf(pool, call());
    clock.advance(29_999);
    assert.equal(metrics.gaugeValue("paddlewheel_op_pool_busy_threads"), 1);
    clock.advance(1);
    assert.notEqual(await next, before);
    const line = await logger.line("a run on the op pool did not end after its call, its thread is replaced");
    assert.deepEqual(line.fields, { workflow: "w", op: "it", graceMs: 30_000 });
    assert.equal(metrics.counted("paddlewheel_op_pool_threads_replaced_total", { reason: "overdue" }), 1);
    assert.equal(metrics.counted("paddlewheel_op_pool_threads_replaced_total", { reason: "died" }), 0);
  });

  test("leaves a thread alone whose run ends soon after its call has stopped", async (t) => {
    const { pool, call, clock, logger } = createTestPool(t);
    const before = await threadOf(pool, call());
    const gate = createGate();
    const abandoned = call();
    const run = pool.run(taskOf("BlockOp", gate), abandoned);
    await logger.line("at work");
    abandoned.cancel("gone");
    await assert.rejects(run, failure("gone", Code.cancelled));
    gate.open();
    assert.equal(await threadOf(pool, call()), before);
    assert.equal(clock.timerCount, 0);
  });

  test("imports modules beforehand and says everything that is wrong with them", async (t) => {
    const { pool, call } = createTestPool(t, { threads: 2 });
    await pool.prepare([]);
    await pool.prepare([{ module: scriptedOps, type: "EchoOp" }]);
    const missing = new URL("./missing.js", scriptedOps).href;
    await assert.rejects(
      pool.prepare([
        { module: scriptedOps, type: "EchOp" },
        { module: missing, type: "EchoOp" },
        { module: scriptedOps, type: "Nothing" },
      ]),
      ({ code, message }: ServeError) => {
        assert.equal(code, Code.invalidConf);
        const [first, second, third, ...more] = message.split("\n");
        assert.equal(
          first,
          `module "${scriptedOps}": exports no Op of the type "EchOp"; did you mean "EchoOp"?`,
        );
        assert.ok(
          second?.startsWith(`module "${missing}": cannot be imported in a worker thread: Cannot find`),
        );
        assert.equal(third, `module "${scriptedOps}": exports no Op of the type "Nothing"`);
        assert.deepEqual(more, []);
        return true;
      },
    );
    assert.equal((await pool.run(taskOf("EchoOp", { request: 1 }), call())).output, 1);
  });

  test("says which modules ended a thread when they were imported", async (t) => {
    const { pool } = createTestPool(t);
    const module = new URL("./exit-at-import.js", scriptedOps).href;
    await assert.rejects(
      pool.prepare([{ module, type: "AnyOp" }]),
      failure(`a worker thread ended while it imported "${module}"`, Code.invalidConf),
    );
  });

  test("closes after the runs under way and those that wait, and takes no more", async (t) => {
    const { pool, call, logger } = createTestPool(t);
    const gate = createGate();
    const runs = [pool.run(taskOf("BlockOp", gate), call()), pool.run(taskOf("EchoOp"), call())];
    await logger.line("at work");
    const closed = pool.close();
    await assert.rejects(
      pool.run(taskOf("EchoOp"), call()),
      failure("the op pool is closed", Code.unavailable),
    );
    gate.open();
    await Promise.all(runs);
    await closed;
    await pool.close();
  });

  test("closes within 5 s, whatever the runs do", async (t) => {
    const { pool, call, clock, logger } = createTestPool(t);
    const running = pool.run(taskOf("SpinOp"), call());
    const waiting = pool.run(taskOf("EchoOp"), call());
    await logger.line("at work");
    const closed = pool.close();
    clock.advance(5000);
    await assert.rejects(running, failure("the op pool is closed", Code.unavailable));
    await assert.rejects(waiting, failure("the op pool is closed", Code.unavailable));
    await closed;
  });

  test("does not wait for runs nobody waits for when it closes", async (t) => {
    const { pool, call, logger, clock } = createTestPool(t);
    const abandoned = call();
    const run = pool.run(taskOf("SpinOp"), abandoned);
    await logger.line("at work");
    abandoned.cancel("gone");
    await assert.rejects(run, failure("gone", Code.cancelled));
    await pool.close();
    assert.equal(clock.now(), 0);
  });

  test("refuses sizes that make no sense", () => {
    const common = { metrics: new RecordingMetrics(), logger: new NoticingLogger() };
    const create = (sizes: PoolSettings) => () => createOpPool({ ...common, ...sizes });
    assert.throws(
      create({ threads: 0 }),
      new RangeError("threads of the op pool is 0, must be a whole number from 1"),
    );
    assert.throws(
      create({ maxQueue: 1.5 }),
      new RangeError("maxQueue of the op pool is 1.5, must be a whole number from 0"),
    );
  });
});
