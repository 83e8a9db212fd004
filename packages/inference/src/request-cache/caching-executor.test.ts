import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Call, CallTrace, Code, Priority, ServeError, type Tensor, type TensorMap } from "@paddlewheel/core";
import { ManualClock, RecordingMetrics } from "@paddlewheel/core/testing";
import fc from "fast-check";
import { RunSpans } from "../run/run-spans.js";
import { ScriptedExecutor } from "../testing/scripted-executor.js";
import { tensor, tensors } from "../testing/tensors.js";
import { CacheBudget } from "./cache-budget.js";
import { CachingExecutor, type CachingExecutorOptions } from "./caching-executor.js";
import { RequestCacheMetrics } from "./request-cache-metrics.js";

const inputOf = (x: number): TensorMap => tensors({ x: tensor("int32", [1], Int32Array.of(x)) });
const outputOf = (y: number): TensorMap => tensors({ y: tensor("int32", [1], Int32Array.of(y)) });
const resultOf = (outputs: TensorMap): unknown => outputs.get("y")?.data[0];
const overwrite = (tensor: Tensor | undefined): void =>
  void (tensor?.data as Int32Array | undefined)?.fill(2);
const modelFailure = new ServeError(Code.opFailure, "the model failed");

function createCaching(options: Partial<CachingExecutorOptions> & { maxBytes?: number } = {}) {
  const { maxBytes = 100_000, ...others } = options;
  const clock = new ManualClock();
  const recorded = new RecordingMetrics();
  const inner = new ScriptedExecutor();
  const budget = new CacheBudget(maxBytes);
  const metrics = new RequestCacheMetrics(recorded, "e", "1");
  const executor = new CachingExecutor(inner, {
    engine: "e",
    budget,
    maxQueueSize: 100,
    clock,
    metrics,
    ...others,
  });
  const callOf = (call: { timeoutMs?: number; priority?: Priority } = {}): Call =>
    new Call({ service: "s", method: "m", clock, ...call });
  const counts = (): unknown[] =>
    ["hit", "shared", "miss"].map((outcome) =>
      recorded.counted("paddlewheel_request_cache_lookups_total", { model: "e", version: "1", outcome }),
    );
  /** The run that was started last. */
  const lastRun = () => inner.runs.at(-1) ?? assert.fail("nothing runs");
  return { clock, recorded, inner, budget, executor, callOf, counts, lastRun };
}

describe("a caching executor", () => {
  test("runs the same inputs once, and gives everybody outputs of their own", async () => {
    const { executor, inner, counts, lastRun } = createCaching();
    const first = executor.run(inputOf(1));
    lastRun().resolve(outputOf(7));
    const outputs = await first;
    overwrite(outputs.get("y"));
    assert.equal(resultOf(await executor.run(inputOf(1))), 7);
    assert.equal(inner.runs.length, 1);
    assert.deepEqual(counts(), [1, 0, 1]);
  });

  test("keeps what has run, whatever becomes of the caller's tensors meanwhile", async () => {
    const { executor, inner, lastRun } = createCaching();
    const inputs = inputOf(1);
    const first = executor.run(inputs);
    overwrite(inputs.get("x"));
    assert.deepEqual(lastRun().inputs, inputOf(1));
    lastRun().resolve(outputOf(7));
    await first;
    assert.equal(resultOf(await executor.run(inputOf(1))), 7);
    void executor.run(inputOf(2));
    assert.equal(inner.runs.length, 2);
  });

  test("never takes inputs of the same hash for each other", async () => {
    const { executor, inner, lastRun } = createCaching({ hash: () => 0 });
    const results: unknown[] = [];
    for (const x of [1, 2, 2, 1]) {
      const before = inner.runs.length;
      const outputs = executor.run(inputOf(x));
      if (inner.runs.length > before) lastRun().resolve(outputOf(x));
      results.push(resultOf(await outputs));
    }
    assert.deepEqual(results, [1, 2, 2, 1]);
    assert.equal(inner.runs.length, 3);
    const one = executor.run(inputOf(3));
    const other = executor.run(inputOf(4));
    inner.runs[4]?.resolve(outputOf(4));
    inner.runs[3]?.resolve(outputOf(3));
    assert.deepEqual([resultOf(await one), resultOf(await other)], [3, 4]);
  });

  test("lets who asks meanwhile wait for the run under way", async () => {
    const { executor, inner, counts, lastRun } = createCaching();
    const all = [1, 2, 3].map(() => executor.run(inputOf(1)));
    assert.deepEqual([inner.runs.length, executor.waiting, executor.running], [1, 2, 1]);
    lastRun().resolve(outputOf(7));
    const outputs = await Promise.all(all);
    assert.deepEqual(outputs.map(resultOf), [7, 7, 7]);
    assert.equal(new Set(outputs.map((own) => own.get("y")?.data)).size, 3);
    assert.deepEqual([counts(), executor.waiting], [[0, 2, 1], 0]);
  });

  test("lets a follower lead when the leader stops, by its own deadline", async () => {
    const { executor, inner, clock, callOf } = createCaching();
    const leader = callOf();
    const [stops, follows] = [callOf({ timeoutMs: 5 }), callOf({ timeoutMs: 50 })];
    const outcomes = [leader, stops, follows].map((call) => executor.run(inputOf(1), call));
    const settled = Promise.allSettled(outcomes);
    clock.advance(10);
    leader.cancel();
    await nextTurn();
    assert.deepEqual([inner.runs.length, inner.runs[1]?.call], [2, follows]);
    inner.runs[1]?.resolve(outputOf(7));
    const [first, second, third] = await settled;
    assert.equal((first as PromiseRejectedResult).reason.code, Code.cancelled);
    assert.equal((second as PromiseRejectedResult).reason.code, Code.deadlineExceeded);
    assert.equal(resultOf((third as PromiseFulfilledResult<TensorMap>).value), 7);
  });

  test("tells followers of a failure that is the model's, and does not keep it", async () => {
    const { executor, inner, lastRun } = createCaching();
    const outcomes = [1, 2].map(() => executor.run(inputOf(1)));
    lastRun().reject(modelFailure);
    for (const outcome of outcomes) await assert.rejects(outcome, modelFailure);
    void executor.run(inputOf(1));
    assert.equal(inner.runs.length, 2);
  });

  test("answers no call that has stopped", async () => {
    const { executor, inner, callOf, lastRun } = createCaching();
    const first = executor.run(inputOf(1));
    lastRun().resolve(outputOf(7));
    await first;
    const call = callOf();
    call.cancel("gone");
    await assert.rejects(executor.run(inputOf(1), call), { code: Code.cancelled, message: "gone" });
    assert.equal(inner.runs.length, 1);
  });

  test("lets nobody wait for a run that is less urgent", () => {
    const { executor, inner, callOf } = createCaching();
    const { low, normal, high } = Priority;
    for (const priority of [normal, low, high, normal]) void executor.run(inputOf(1), callOf({ priority }));
    assert.deepEqual(
      inner.runs.map(({ call }) => call?.priority),
      [normal, high],
    );
  });

  test("refuses followers above max_queue_size", async () => {
    const { executor, recorded } = createCaching({ maxQueueSize: 1 });
    void executor.run(inputOf(1));
    void executor.run(inputOf(1));
    await assert.rejects(executor.run(inputOf(1)), {
      code: Code.resourceExhausted,
      message: 'engine "e": 1 runs are waiting, the limit of max_queue_size',
    });
    assert.equal(recorded.counted("limit_exceeded_total", { limit: "max_queue_size" }), 1);
  });

  test("keeps nothing too large, inputs or outputs, and counts it", async () => {
    const { executor, inner, budget, recorded, lastRun } = createCaching({ maxBytes: 8_000 });
    const large = new Int32Array(1000);
    void executor.run(tensors({ x: tensor("int32", [1000], large) }));
    assert.equal(lastRun().inputs.get("x")?.data, large);
    const run = executor.run(inputOf(1));
    lastRun().resolve(tensors({ y: tensor("int32", [1000], large) }));
    await run;
    assert.deepEqual([budget.shares, inner.runs.length], [0, 2]);
    assert.equal(recorded.counted("paddlewheel_request_cache_not_kept_total"), 2);
  });

  test("counts what had to leave", async () => {
    const { executor, budget, recorded, lastRun } = createCaching({ maxBytes: 8_000 });
    for (let x = 0; x < 20; x++) {
      const run = executor.run(inputOf(x));
      lastRun().resolve(outputOf(x));
      await run;
    }
    assert.ok(budget.shares > 0 && budget.bytes <= 8_000);
    assert.equal(recorded.counted("paddlewheel_request_cache_evictions_total"), 20 - budget.shares);
  });

  test("forgets all when it is closed, and waits for whoever may have to lead a run", async () => {
    const { executor, inner, budget, callOf, lastRun } = createCaching();
    const kept = executor.run(inputOf(1));
    lastRun().resolve(outputOf(1));
    await kept;
    const leader = callOf();
    const left = executor.run(inputOf(2), leader);
    const follows = executor.run(inputOf(2));
    const closed = executor.close();
    assert.equal(budget.shares, 0);
    leader.cancel();
    await assert.rejects(left, { code: Code.cancelled });
    assert.ok(!inner.isClosed);
    lastRun().resolve(outputOf(2));
    assert.equal(resultOf(await follows), 2);
    await closed;
    assert.deepEqual([inner.isClosed, budget.shares, budget.bytes], [true, 0, 0]);
  });

  test("shows in a trace whether it hit, waited for another's run, or ran", async () => {
    const { executor, clock, callOf, lastRun } = createCaching();
    const traces = [1, 2, 3].map(() => new CallTrace());
    const [first, second, third] = traces.map(
      (trace) => new RunSpans({ trace, parent: undefined, engine: "e", version: "1", placement: "inline" }),
    );
    const runs = [executor.run(inputOf(1), callOf(), first), executor.run(inputOf(1), callOf(), second)];
    clock.advance(5);
    lastRun().resolve(outputOf(7));
    await Promise.all(runs);
    await executor.run(inputOf(1), callOf(), third);
    const spans = traces.flatMap((trace) => trace.spans);
    assert.deepEqual(
      spans.map(({ kind, startedAt, endedAt, attributes }) => [
        kind,
        (endedAt ?? Number.NaN) - startedAt,
        attributes,
      ]),
      [
        ["cache", 0, { version: "1", outcome: "miss" }],
        ["cache", 5, { version: "1", outcome: "shared" }],
        ["cache", 0, { version: "1", outcome: "hit" }],
      ],
    );
  });
});

const event = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("ask" as const), x: fc.nat({ max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel" as const), which: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("end" as const), which: fc.nat(), fails: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("turn" as const) }) },
);

test("whatever is asked, cancelled and fails, everybody gets the right answer once and nothing is left over", async () => {
  const property = fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
    const { executor, inner, budget, callOf, recorded } = createCaching({
      hash: (_, inputs) => Number(inputs.get("x")?.data[0]) % 3,
      maxBytes: 8_000,
    });
    const asked: { x: number; call: Call; outcome: Promise<PromiseSettledResult<TensorMap>[]> }[] = [];
    const openRuns = () => inner.runs.filter(({ isOver }) => !isOver);
    const end = (which: number, fails: boolean): void => {
      const open = openRuns();
      const run = open[which % open.length];
      if (fails) run?.reject(modelFailure);
      else run?.resolve(outputOf(Number(run.inputs.get("x")?.data[0]) * 10));
    };
    for (const one of events) {
      if (one.kind === "ask") {
        const call = callOf();
        asked.push({ x: one.x, call, outcome: Promise.allSettled([executor.run(inputOf(one.x), call)]) });
      }
      if (one.kind === "cancel") asked[one.which % asked.length]?.call.cancel();
      if (one.kind === "end") end(one.which, one.fails);
      if (one.kind === "turn") await nextTurn();
    }
    const isClosed = executor.close();
    do {
      for (const _ of openRuns()) end(0, false);
      await nextTurn();
    } while (openRuns().length > 0);
    await isClosed;
    for (const { x, call, outcome } of asked) {
      const [result] = await outcome;
      if (result?.status === "fulfilled") assert.equal(resultOf(result.value), x * 10);
      else assert.ok([modelFailure, call.stopReason].includes(result?.reason));
    }
    const lookups = recorded.counted("paddlewheel_request_cache_lookups_total");
    assert.equal(lookups, asked.length);
    assert.deepEqual([executor.waiting, budget.shares, budget.bytes], [0, 0, 0]);
  });
  await fc.assert(property, { numRuns: 300 });
});
