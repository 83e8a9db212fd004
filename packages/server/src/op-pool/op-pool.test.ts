import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Clock, Code, type ServeError } from "@paddlewheel/core";
import { RecordingMetrics } from "@paddlewheel/core/testing";
import { createOpPool } from "./op-pool.js";
import { NoticingLogger } from "./testing/noticing-logger.js";
import { nodeOf, scriptedOps, taskOf } from "./testing/op-task.js";
import type { Place } from "./testing/scripted-ops.js";
import { createGate, createTestPool, failure, type PoolSettings, threadOf } from "./testing/test-pool.js";

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

  test("says of a run that failed at its deadline what the call says, though its timer is late", async (t) => {
    const { pool, call, logger } = createTestPool(t);
    const gate = createGate();
    let now = 0;
    const clock: Clock = { now: () => now, epochMicros: () => 0, setTimer: () => ({ cancel: () => {} }) };
    const attempt = call({ clock }).child({ timeoutMs: 60_000, timeoutMessage: "too slow" });
    const run = pool.run(taskOf("BlockAndThrowOp", gate), attempt);
    await logger.line("at work");
    now = 60_000;
    gate.open();
    await assert.rejects(run, failure("too slow", Code.deadlineExceeded));
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
    assert.equal(abandoned.responseAttachment, undefined);
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

  test("says so when it is closed while it imports modules", async (t) => {
    const { pool } = createTestPool(t);
    const prepared = pool.prepare([{ module: scriptedOps, type: "EchoOp" }]);
    const closed = pool.close();
    await assert.rejects(prepared, failure("the op pool is closed", Code.unavailable));
    await closed;
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
