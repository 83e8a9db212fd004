import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { BatchingMode, Call, Code, ServeError, type TensorMap } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import { type BatchConf, batchConfOf } from "../batch/plan-batching.js";
import { AwaitableLogger } from "../testing/awaitable-logger.js";
import { engineConf } from "../testing/engine-conf.js";
import { Act } from "../testing/scripted-core.js";
import { acting, createScriptedModel } from "../testing/scripted-model.js";
import { WorkerPool } from "./worker-pool.js";

interface PoolSettings {
  readonly threads?: number;
  readonly maxQueueSize?: number;
  readonly batch?: Partial<BatchConf>;
}

async function createTestPool(
  t: TestContext,
  { threads = 1, maxQueueSize = 10, batch: batchConf = { maxRows: 1 } }: PoolSettings = {},
) {
  const model = await createScriptedModel(t);
  const clock = new ManualClock();
  const logger = new AwaitableLogger();
  const observed = { waits: [] as number[], rows: [] as number[] };
  const observer = {
    waited: (ms: number) => observed.waits.push(ms),
    ran: (_ms: number, rows: number) => observed.rows.push(rows),
    refused: () => {},
    split: () => {},
    retried: () => {},
    workerEnded: () => {},
    workerRestarted: () => {},
    rerun: () => {},
    quarantined: () => {},
  };
  const limits = { maxQueueSize, maxQueueWaitMs: 0 };
  const batch = { ...batchConfOf(engineConf({ modelDir: "" })), ...batchConf };
  const isolation = "thread" as const;
  const pool = { threads, isolation, maxRunMs: 0 };
  const options = { engine: "e", source: model.source, ...pool, batch, limits, clock, logger, observer };
  const create = async () => {
    const pool = await WorkerPool.create(options);
    t.after(() => pool.close());
    return pool;
  };
  const call = (timeoutMs?: number) => new Call({ service: "s", method: "m", clock, timeoutMs });
  return { ...model, clock, logger, observed, create, call };
}

function threadOf(outputs: TensorMap): unknown {
  return outputs.get("thread")?.data[0];
}

const ended = new ServeError(
  Code.unavailable,
  'engine "e": the worker thread ended during the run; it is replaced',
);
const broken = new ServeError(
  Code.unavailable,
  'engine "e": no worker thread has the model; it is loaded again',
);

describe("WorkerPool", () => {
  test("runs at the same time in as many threads as it has, each with its own copy", async (t) => {
    const { gate, create } = await createTestPool(t, { threads: 2 });
    const pool = await create();
    assert.equal(pool.copies, 2);
    const runs = [1, 2, 3].map((x) => pool.run(acting(Act.wait, x)));
    await gate.arrival();
    await gate.arrival();
    assert.deepEqual([pool.running, pool.waiting], [2, 1]);
    gate.open();
    await gate.arrival();
    gate.open();
    const outputs = await Promise.all(runs);
    assert.deepEqual(
      outputs.map((output) => output.get("y")?.data),
      [Float32Array.of(1), Float32Array.of(2), Float32Array.of(3)],
    );
    assert.equal(new Set(outputs.map(threadOf)).size, 2);
  });

  test("does not start when a copy cannot be loaded, and says why", async (t) => {
    const { create, onLoad } = await createTestPool(t, { threads: 2 });
    await onLoad("fail");
    await assert.rejects(create(), new Error("the script says fail"));
    await onLoad("exit");
    await assert.rejects(create(), new Error("worker exited with code: 3"));
  });

  test("reports a run the model failed, and goes on in the same thread", async (t) => {
    const { create } = await createTestPool(t);
    const pool = await create();
    const before = threadOf(await pool.run(acting(Act.echo)));
    await assert.rejects(pool.run(acting(Act.fail)), (thrown: ServeError) => {
      assert.equal(thrown.code, Code.opFailure);
      assert.equal(thrown.message, 'engine "e": the model failed: the script says fail');
      assert.deepEqual(thrown.cause, new Error("raw"));
      return true;
    });
    assert.equal(threadOf(await pool.run(acting(Act.echo))), before);
  });

  for (const act of [Act.exit, Act.crash]) {
    test(`replaces a thread that ends in a run (act ${act}); only that run fails, the next works`, async (t) => {
      const { create, logger } = await createTestPool(t);
      const pool = await create();
      const before = threadOf(await pool.run(acting(Act.echo)));
      const fatal = pool.run(acting(act));
      const waiting = pool.run(acting(Act.echo, 1));
      await assert.rejects(fatal, ended);
      const next = pool.run(acting(Act.echo, 2));
      assert.deepEqual((await waiting).get("y")?.data, Float32Array.of(1));
      assert.notEqual(threadOf(await next), before);
      assert.equal(pool.copies, 1);
      assert.equal(logger.lines.at(-1)?.message, "a worker thread was replaced");
    });
  }

  test("keeps serving on its other threads while one is replaced", async (t) => {
    const { create, gate, onLoad } = await createTestPool(t, { threads: 2 });
    const pool = await create();
    await onLoad("wait");
    await assert.rejects(pool.run(acting(Act.exit)), ended);
    await gate.arrival();
    assert.equal(pool.copies, 1);
    for (const x of [1, 2, 3]) await pool.run(acting(Act.echo, x));
    gate.open();
    await pool.close();
  });

  test("fails at once while no thread has the model, and tries again after a pause", async (t) => {
    const { create, logger, clock, onLoad } = await createTestPool(t);
    const pool = await create();
    await onLoad("fail");
    const fatal = pool.run(acting(Act.exit));
    const waiting = pool.run(acting(Act.echo));
    await assert.rejects(fatal, ended);
    await assert.rejects(waiting, broken);
    await assert.rejects(pool.run(acting(Act.echo)), broken);
    assert.equal(pool.copies, 0);
    const failedAgain = logger.next("a worker thread has no model");
    clock.advance(1000);
    await failedAgain;
    assert.deepEqual(logger.lines.at(-1)?.fields, {
      engine: "e",
      error: "Error: the script says fail",
      failures: 2,
    });
    await onLoad("succeed");
    clock.advance(1999);
    assert.equal(pool.copies, 0);
    const replaced = logger.next("a worker thread was replaced");
    clock.advance(1);
    await replaced;
    await pool.run(acting(Act.echo));
  });

  test("pauses also before it replaces a thread that ended while it loaded", async (t) => {
    const { create, logger, clock, onLoad } = await createTestPool(t);
    const pool = await create();
    await onLoad("exit");
    const failed = logger.next("a worker thread has no model");
    await assert.rejects(pool.run(acting(Act.exit)), ended);
    await failed;
    // The thread that stands in now must wait: its start is the only thing that can set a timer.
    while (clock.timerCount === 0) await new Promise((resolve) => setImmediate(resolve));
    await onLoad("succeed");
    const replaced = logger.next("a worker thread was replaced");
    clock.advance(1000);
    await replaced;
    await pool.run(acting(Act.echo));
  });

  test("drops the result of a run whose call stops, and leaves the thread alone", async (t) => {
    const { create, gate, call, clock } = await createTestPool(t);
    const pool = await create();
    const before = threadOf(await pool.run(acting(Act.echo)));
    const cancelled = call();
    const first = pool.run(acting(Act.wait), cancelled);
    await gate.arrival();
    cancelled.cancel("gone");
    await assert.rejects(first, new ServeError(Code.cancelled, "gone"));
    assert.equal(pool.running, 1);
    gate.open();
    const second = pool.run(acting(Act.wait), call(50));
    await gate.arrival();
    clock.advance(50);
    await assert.rejects(second, new ServeError(Code.deadlineExceeded, "the deadline of 50 ms has passed"));
    gate.open();
    assert.equal(threadOf(await pool.run(acting(Act.echo))), before);
  });

  test("does not run what left the queue", async (t) => {
    const { create, gate, call, observed } = await createTestPool(t);
    const pool = await create();
    const running = pool.run(acting(Act.wait, 1));
    await gate.arrival();
    const cancelled = call();
    const leaving = pool.run(acting(Act.echo, 2, 2), cancelled);
    const staying = pool.run(acting(Act.echo, 3, 3, 3));
    cancelled.cancel();
    await assert.rejects(leaving, { code: Code.cancelled });
    gate.open();
    await Promise.all([running, staying]);
    assert.equal(observed.waits.length, 2);
  });

  test("hands a thread its next run ahead, which never reaches the model once its call has stopped", async (t) => {
    const { create, gate, call, observed } = await createTestPool(t);
    const pool = await create();
    const before = threadOf(await pool.run(acting(Act.echo)));
    const running = pool.run(acting(Act.wait, 1));
    const late = call();
    const fatal = pool.run(acting(Act.exit), late);
    const others = [2, 3].map((x) => pool.run(acting(Act.echo, x)));
    assert.deepEqual([pool.running, pool.waiting], [2, 2]);
    await gate.arrival();
    late.cancel("gone");
    await assert.rejects(fatal, new ServeError(Code.cancelled, "gone"));
    gate.open();
    const answers = await Promise.all([running, ...others]);
    assert.deepEqual(new Set(answers.map(threadOf)), new Set([before]));
    assert.equal(observed.waits.length, 4);
  });

  test("a run ahead in a thread that ends before it begins goes to the next one", async (t) => {
    const { create, gate, observed } = await createTestPool(t);
    const pool = await create();
    const running = pool.run(acting(Act.wait, 1));
    const fatal = pool.run(acting(Act.exit));
    const others = [2, 3, 4].map((x) => pool.run(acting(Act.echo, x)));
    await gate.arrival();
    gate.open();
    await running;
    await assert.rejects(fatal, ended);
    const answers = await Promise.all(others);
    assert.deepEqual(
      answers.map((answer) => answer.get("y")?.data),
      [2, 3, 4].map((x) => Float32Array.of(x)),
    );
    assert.equal(observed.waits.length, 5);
  });

  test("sends requests that wait together to a thread as one run, and gives each its rows", async (t) => {
    const { create, gate, observed } = await createTestPool(t, {
      batch: { mode: BatchingMode.on, maxRows: 8 },
    });
    const pool = await create();
    assert.equal(pool.batching.policy.maxRows, 8);
    const running = pool.run(acting(Act.wait, 1));
    await gate.arrival();
    const waiting = [[2], [3, 4], [5]].map((x) => pool.run(acting(Act.echo, ...x)));
    gate.open();
    const outputs = await Promise.all([running, ...waiting]);
    assert.deepEqual(
      outputs.map((output) => output.get("y")?.data),
      [[1], [2], [3, 4], [5]].map((x) => Float32Array.from(x)),
    );
    assert.deepEqual(observed.rows, [1, 4]);
  });

  test("refuses a run when max_queue_size runs wait", async (t) => {
    const { create, gate } = await createTestPool(t, { maxQueueSize: 1 });
    const pool = await create();
    const runs = [pool.run(acting(Act.wait)), pool.run(acting(Act.echo))];
    await assert.rejects(
      pool.run(acting(Act.echo)),
      new ServeError(Code.resourceExhausted, 'engine "e": 1 runs are waiting, the limit of max_queue_size'),
    );
    await gate.arrival();
    gate.open();
    await Promise.all(runs);
  });

  test("closes after the runs under way and those that wait, and takes no more", async (t) => {
    const { create, gate } = await createTestPool(t, { threads: 2 });
    const pool = await create();
    const runs = [pool.run(acting(Act.wait)), pool.run(acting(Act.wait)), pool.run(acting(Act.echo))];
    await gate.arrival();
    await gate.arrival();
    const closed = pool.close();
    assert.equal(pool.copies, 0);
    await assert.rejects(
      pool.run(acting(Act.echo)),
      new ServeError(Code.unavailable, 'engine "e" is closed'),
    );
    gate.open();
    await Promise.all(runs);
    await closed;
    await pool.close();
  });

  test("closes only when no thread is loading: ending one there would end the process", async (t) => {
    const { create, gate, onLoad } = await createTestPool(t);
    const pool = await create();
    await onLoad("wait");
    await assert.rejects(pool.run(acting(Act.exit)), ended);
    await gate.arrival();
    let isClosed = false;
    const closed = pool.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isClosed, false);
    gate.open();
    await closed;
  });

  test("closes while it pauses before another attempt", async (t) => {
    const { create, logger, clock, onLoad } = await createTestPool(t);
    const pool = await create();
    await onLoad("fail");
    const failed = logger.next("a worker thread has no model");
    await assert.rejects(pool.run(acting(Act.exit)), ended);
    await failed;
    await pool.close();
    assert.equal(clock.timerCount, 0);
  });
});
