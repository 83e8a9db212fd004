import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Call, Code, Priority, ServeError, type Tensor, type TensorMap } from "@paddlewheel/core";
import { createDeferred, ManualClock } from "@paddlewheel/core/testing";
import fc from "fast-check";
import { mayBegin, RunNotBegun } from "../run/run-ticket.js";
import { batchPolicy, layoutOf, wideLimits } from "../testing/batching.js";
import { tensor, tensors, variable } from "../testing/tensors.js";
import type { RefusedArrival } from "./arrival-watch.js";
import { Batcher, type BatcherOptions } from "./batcher.js";
import type { BatchPolicy } from "./plan-batch.js";
import type { RunAhead } from "./runs-ahead.js";

const layout = layoutOf({
  inputs: [variable("x", "float32", ["N", "T"])],
  outputs: [variable("y", "float32", ["N", "T"])],
});

/** Inputs whose rows hold `id` (counting rows up in the fractions), so that everybody can tell whose rows came back. */
function inputsOf(id: number, rows = 1, width = 2): TensorMap {
  const data = Float32Array.from({ length: rows * width }, (_, i) => id + Math.floor(i / width) / 64);
  return tensors({ x: tensor("float32", [rows, width], data) });
}

function valuesOf(inputs: TensorMap): readonly number[] {
  return [...((inputs.get("x") as Tensor).data as Float32Array)];
}

/** What the model gives for these inputs. */
function double(inputs: TensorMap): TensorMap {
  const { dtype, shape, data } = inputs.get("x") as Tensor;
  return tensors({ y: { dtype, shape, data: (data as Float32Array).map((value) => value * 2) } });
}

interface Settings extends Partial<Omit<BatcherOptions, "policy" | "limits">> {
  readonly policy?: Partial<BatchPolicy>;
  readonly limits?: Partial<BatcherOptions["limits"]>;
  /** Of inputs that the model fails on. */
  readonly poison?: number;
}

/** A batcher before a model whose runs a test ends one by one, in any order. */
function setUp({ policy, limits, poison, ...options }: Settings = {}) {
  const clock = new ManualClock();
  const started: (readonly number[])[] = [];
  const ends: ((failure?: Error) => void)[] = [];
  /** Runs ahead, in the order they are to begin. */
  const ahead: RunAhead[] = [];
  const beginNext = () => {
    const next = ahead.find(({ ticket }) => mayBegin(ticket.state));
    if (!next) return;
    ahead.splice(ahead.indexOf(next), 1);
    next.onBegin();
  };
  const seen = { waits: [] as number[], refused: [] as string[], splits: 0, retried: 0 };
  const batcher = new Batcher({
    engine: "e",
    policy: batchPolicy({ layout, maxRows: 4, ...policy }),
    limits: { ...wideLimits, ...limits },
    clock,
    slots: () => 1,
    isParallel: true,
    start: async ({ inputs, ahead: own }) => {
      if (own) ahead.push(own);
      started.push(valuesOf(inputs).filter((_, i, all) => all.length === 0 || i % widthOf(inputs) === 0));
      const end = createDeferred<void>();
      ends.push((failure) => (failure ? end.reject(failure) : end.resolve()));
      await end.promise.finally(() => {
        // Its worker has ended, or comes to what was taken back.
        if (own?.ticket.takeBack()) throw new RunNotBegun();
        beginNext();
      });
      if (poison !== undefined && valuesOf(inputs).some((value) => Math.floor(value) === poison)) {
        throw new Error("poison");
      }
      return double(inputs);
    },
    observer: {
      waited: (ms) => seen.waits.push(ms),
      refused: (limit) => seen.refused.push(limit),
      split: () => seen.splits++,
      retried: (requests) => {
        seen.retried += requests;
      },
    },
    ...options,
  });
  const call = (timeoutMs?: number, priority?: Priority) =>
    new Call({ service: "s", method: "m", clock, timeoutMs, ...(priority ? { priority } : {}) });
  /** Ends every run there is and those that follow, until none is left. */
  const finish = async () => {
    for (let i = 0; batcher.running + batcher.waiting > 0; i++) {
      for (const end of ends) end();
      await nextTurn();
      assert.ok(i < 1000, "the line does not get empty");
    }
  };
  return { batcher, clock, started, ends, seen, call, finish };
}

function widthOf(inputs: TensorMap): number {
  return inputs.get("x")?.shape[1] ?? 1;
}

/** Rows of each run. */
function sizesOf(started: readonly (readonly number[])[]): number[] {
  return started.map((rows) => rows.length);
}

describe("Batcher", () => {
  test("starts a run that comes alone at once, and those that come while it runs together", async () => {
    const { batcher, started, finish } = setUp();
    const results = [1, 2, 3, 4].map((id) => batcher.run(inputsOf(id)));
    assert.deepEqual(started, [[1]]);
    await finish();
    assert.deepEqual(started, [[1], [2, 3, 4]]);
    assert.deepEqual(
      await Promise.all(results),
      [1, 2, 3, 4].map((id) => double(inputsOf(id))),
    );
  });

  test("lets the runs of one turn share the free copies once a turn has brought several", async () => {
    const { batcher, started, finish } = setUp({ slots: () => 2 });
    const first = [1, 2, 3].map((id) => batcher.run(inputsOf(id)));
    assert.deepEqual(started, [[1]]);
    await nextTurn();
    await finish();
    const second = [4, 5, 6, 7].map((id) => batcher.run(inputsOf(id)));
    assert.equal(started.length, 2);
    await finish();
    assert.deepEqual(started, [[1], [2, 3], [4, 5], [6, 7]]);
    await Promise.all([...first, ...second]);
  });

  test("runs each by itself, at once and in order, where the model has no rows", async () => {
    const { batcher, started, finish } = setUp({ policy: { layout: undefined, maxRows: 1 }, slots: () => 2 });
    const runs = [1, 2, 3].map((id) => batcher.run(inputsOf(id, 3)));
    assert.deepEqual(sizesOf(started), [3, 3]);
    assert.deepEqual([batcher.running, batcher.waiting], [2, 1]);
    await finish();
    assert.deepEqual(sizesOf(started), [3, 3, 3]);
    await Promise.all(runs);
  });

  test("cuts a large request over several runs, and joins its answer", async () => {
    const { batcher, started, seen, finish } = setUp({ slots: () => 2 });
    const large = batcher.run(inputsOf(1, 10));
    const small = batcher.run(inputsOf(2));
    await finish();
    assert.deepEqual(sizesOf(started), [4, 4, 3]);
    assert.deepEqual(await large, double(inputsOf(1, 10)));
    assert.deepEqual(await small, double(inputsOf(2)));
    assert.equal(seen.splits, 1);
  });

  test("pads rows of other sizes, and cuts the answers back", async () => {
    const { batcher, started, finish } = setUp({ policy: { padValue: 0 } });
    const runs = [1, 2, 3].map((id) => batcher.run(inputsOf(id, 1, id)));
    await finish();
    assert.deepEqual(sizesOf(started), [1, 2]);
    assert.deepEqual(
      await Promise.all(runs),
      [1, 2, 3].map((id) => double(inputsOf(id, 1, id))),
    );
  });

  test("tries the requests of a failed batch by themselves, before all others", async () => {
    const { batcher, started, seen, finish } = setUp({ poison: 3, policy: { maxRows: 3 } });
    const settled = Promise.allSettled([1, 2, 3, 4, 5].map((id) => batcher.run(inputsOf(id))));
    await finish();
    assert.deepEqual(started, [[1], [2, 3, 4], [2], [3], [4], [5]]);
    assert.deepEqual(
      (await settled).map(({ status }) => status),
      ["fulfilled", "fulfilled", "rejected", "fulfilled", "fulfilled"],
    );
    assert.equal(seen.retried, 3);
  });

  test("answers everybody by themselves where the model gives other rows than it took", async () => {
    let running = 0;
    const { batcher, finish } = setUp({
      start: async ({ inputs }) => {
        assert.ok(++running <= 1, "more runs than slots");
        await nextTurn();
        running--;
        return tensors({ y: tensor("float32", [1, 1], Float32Array.of(valuesOf(inputs).length)) });
      },
    });
    const runs = [1, 2, 3].map((id) => batcher.run(inputsOf(id, 2)));
    const cut = batcher.run(inputsOf(4, 9));
    const failed = assert.rejects(cut, {
      code: Code.opFailure,
      message: /^engine "e": output "y" has the shape \[1, 1\] for \d rows of input$/,
    });
    await finish();
    const answers = await Promise.all(runs);
    assert.deepEqual(
      answers.map((answer) => answer.get("y")?.data[0]),
      [4, 4, 4],
    );
    await failed;
  });

  test("starts high priority first, and nobody waits for ever for those above", async () => {
    const { batcher, started, clock, call, finish } = setUp({ policy: { maxRows: 1, layout: undefined } });
    const run = (id: number, priority: Priority) => batcher.run(inputsOf(id), call(undefined, priority));
    const runs = [run(1, "normal"), run(2, "low"), run(3, "normal"), run(4, "high")];
    clock.advance(501);
    runs.push(run(5, "high"), run(6, "normal"));
    await finish();
    assert.deepEqual(started.flat(), [1, 4, 3, 5, 2, 6]);
    await Promise.all(runs);
  });

  test("lets a request leave when its call stops: its rows never run, its timer is gone", async () => {
    const { batcher, started, call, clock, finish } = setUp();
    const first = batcher.run(inputsOf(1));
    const cancelled = call();
    const left = [batcher.run(inputsOf(2), cancelled), batcher.run(inputsOf(3), call(5))];
    const stays = batcher.run(inputsOf(4), call(50));
    cancelled.cancel("gone");
    clock.advance(5);
    await assert.rejects(left[0] as Promise<TensorMap>, new ServeError(Code.cancelled, "gone"));
    await assert.rejects(left[1] as Promise<TensorMap>, { code: Code.deadlineExceeded });
    await finish();
    assert.deepEqual(started, [[1], [4]]);
    await Promise.all([first, stays]);
  });

  test("looks at the deadline before the start even when its timer is late", async () => {
    const { batcher, started, finish, clock: timely } = setUp();
    const clock = { now: () => timely.now(), epochMicros: () => 0, setTimer: () => ({ cancel: () => {} }) };
    const first = batcher.run(inputsOf(1));
    const late = batcher.run(inputsOf(2), new Call({ service: "s", method: "m", clock, timeoutMs: 5 }));
    timely.advance(6);
    const refused = assert.rejects(late, { message: "the deadline of 5 ms has passed" });
    await finish();
    await Promise.all([first, refused]);
    assert.deepEqual(started, [[1]]);
  });

  test("drops the outputs of a run whose call stops, and leaves the run alone", async () => {
    const { batcher, call, finish } = setUp();
    const stopping = call();
    const run = batcher.run(inputsOf(1), stopping);
    stopping.cancel("gone");
    await assert.rejects(run, new ServeError(Code.cancelled, "gone"));
    assert.equal(batcher.running, 1);
    await finish();
  });

  test("waits for company as long as conf says, with one timer that goes when it is not needed", async () => {
    const { batcher, started, clock, call, finish } = setUp({ policy: { maxDelayMs: 5 } });
    const first = batcher.run(inputsOf(1));
    await nextTurn();
    assert.deepEqual([started.length, clock.timerCount], [0, 1]);
    clock.advance(4);
    const second = batcher.run(inputsOf(2));
    await nextTurn();
    clock.advance(1);
    assert.deepEqual(started, [[1, 2]]);
    await finish();
    await Promise.all([first, second]);
    const leaving = call();
    const left = batcher.run(inputsOf(3), leaving);
    await nextTurn();
    leaving.cancel();
    await assert.rejects(left);
    assert.equal(clock.timerCount, 0);
  });

  test("refuses at once what may not wait, and counts by which limit", async () => {
    const { batcher, seen, call, finish, clock, ends } = setUp({ limits: { maxQueueSize: 2 }, runMs: 10 });
    const asked = [1, 2].map((id) => batcher.run(inputsOf(id, 4)));
    await assert.rejects(batcher.run(inputsOf(3), call(15)), {
      code: Code.deadlineExceeded,
      message: 'engine "e": the answer would come in about 20 ms, after the deadline in 15 ms',
    });
    asked.push(batcher.run(inputsOf(4)));
    await assert.rejects(
      batcher.run(inputsOf(5)),
      new ServeError(Code.resourceExhausted, 'engine "e": 2 runs are waiting, the limit of max_queue_size'),
    );
    assert.deepEqual(seen.refused, ["queue_deadline", "max_queue_size"]);
    clock.advance(30);
    for (const end of ends) end();
    await finish();
    await Promise.all(asked);
    assert.deepEqual(seen.waits, [0, 30, 30]);
  });

  test("refuses requests before they are read only under overload, and counts them", async () => {
    const { batcher, seen, call, finish, clock } = setUp({
      limits: { maxQueueSize: 2, maxQueueWaitMs: 0 },
      policy: { maxRows: 1, layout: undefined },
      runMs: 10,
    });
    const run = (id: number) => batcher.run(inputsOf(id)).catch(() => undefined);
    const asked = Array.from({ length: 10 }, (_, id) => run(id));
    assert.equal(batcher.refusal(call()), undefined, "nobody knows yet that this is no burst");
    clock.advance(25);
    asked.push(run(10));
    const refused = seen.refused.length;
    assert.equal(
      batcher.refusal(call())?.message,
      'engine "e": 2 runs are waiting, the limit of max_queue_size',
    );
    assert.equal(seen.refused.length, refused + 1);
    await finish();
    assert.equal(batcher.refusal(call()), undefined, "a copy is free");
    await Promise.all(asked);
  });

  test("tells who comes: those it lets in, and under overload those it refuses, where copies have runs ahead", async () => {
    for (const ahead of [0, 1]) {
      const told: unknown[] = [];
      const arrivals = {
        admitted: () => told.push("admitted"),
        refused: (arrival: RefusedArrival) => told.push(arrival),
      };
      const { batcher, finish, clock } = setUp({
        limits: { maxQueueSize: 2, maxQueueWaitMs: 0 },
        policy: { maxRows: 1, layout: undefined },
        runMs: 10,
        ahead: () => ahead,
        arrivals,
      });
      const run = (id: number) => batcher.run(inputsOf(id)).catch(() => undefined);
      const asked = Array.from({ length: 10 }, (_, id) => run(id));
      const isFirst = told.every((one) => one === "admitted");
      assert.ok(isFirst && told.length > 0, "nobody knows yet that this is no burst");
      clock.advance(25);
      told.length = 0;
      asked.push(run(10), run(11));
      const refusals = told.filter((one) => one !== "admitted");
      assert.deepEqual(refusals, ahead === 0 ? [] : refusals.map(() => ({ runMs: 10, copies: 1 })));
      assert.equal(refusals.length > 0, ahead > 0);
      await finish();
      await Promise.all(asked);
    }
  });

  test("always starts on a free copy, however long runs took before and however near the deadline is", async () => {
    const { batcher, call, finish } = setUp({ runMs: 10_000 });
    const run = batcher.run(inputsOf(1), call(5));
    await finish();
    await run;
  });

  test("starts waiting runs when copies appear, and sends all away when none will", async () => {
    let slots = 0;
    const { batcher, started, finish } = setUp({ slots: () => slots });
    const away = batcher.run(inputsOf(1));
    batcher.rejectWaiting(new ServeError(Code.unavailable, "broken"));
    await assert.rejects(away, { message: "broken" });
    const stays = batcher.run(inputsOf(2));
    slots = 1;
    batcher.dispatch();
    assert.deepEqual(started, [[2]]);
    await finish();
    await stays;
  });

  describe("with runs ahead", () => {
    const alone = { policy: { layout: undefined, maxRows: 1 }, slots: () => 2, ahead: () => 2 };

    test("hands over one more run for each copy while more wait than there are copies", async () => {
      const { batcher, started, ends, seen, clock, finish } = setUp(alone);
      const asked = [1, 2, 3, 4].map((id) => batcher.run(inputsOf(id)));
      assert.deepEqual(started, [[1], [2]]);
      asked.push(...[5, 6, 7, 8, 9].map((id) => batcher.run(inputsOf(id))));
      assert.deepEqual(started, [[1], [2], [3], [4]]);
      assert.deepEqual([batcher.running, batcher.waiting, seen.waits.length], [4, 5, 2]);
      clock.advance(7);
      ends[0]?.();
      await nextTurn();
      // The run that waited has begun, and another one waits in its stead.
      assert.deepEqual([started.length, seen.waits.length, seen.waits.at(-1)], [5, 3, 7]);
      await finish();
      assert.deepEqual((await Promise.all(asked)).length, seen.waits.length);
    });

    test("hands over no batch that could still grow", async () => {
      const { batcher, started, finish } = setUp({ policy: { maxRows: 2 }, ahead: () => 1 });
      const asked = [batcher.run(inputsOf(1))];
      for (const id of [2, 3, 4]) asked.push(batcher.run(inputsOf(id)));
      await nextTurn();
      assert.deepEqual(started, [[1], [2, 3]]);
      asked.push(batcher.run(inputsOf(5)));
      await nextTurn();
      assert.deepEqual(started, [[1], [2, 3]]);
      await finish();
      await Promise.all(asked);
    });

    test("takes back a run that nobody waits for any more", async () => {
      const { batcher, ends, seen, call, finish } = setUp({ ...alone, slots: () => 1, ahead: () => 1 });
      const leaving = call(5);
      const asked = [batcher.run(inputsOf(1)), batcher.run(inputsOf(2), leaving)];
      asked.push(batcher.run(inputsOf(3)), batcher.run(inputsOf(4)));
      assert.deepEqual([batcher.running, batcher.waiting], [2, 2]);
      leaving.cancel("gone");
      await assert.rejects(asked[1] ?? Promise.resolve(), { code: Code.cancelled });
      assert.equal(batcher.running, 1);
      ends[1]?.();
      await finish();
      assert.equal(
        (await Promise.allSettled(asked)).filter(({ status }) => status === "fulfilled").length,
        3,
      );
      assert.equal(seen.waits.length, 3);
    });

    test("gives a run to a copy that is free sooner than the one that has it", async () => {
      const runs: { readonly inputs: TensorMap; readonly end: () => void }[] = [];
      const { batcher, call } = setUp({
        ...alone,
        start: async ({ inputs, ahead }) => {
          const end = createDeferred<void>();
          runs.push({ inputs, end: end.resolve });
          await end.promise;
          if (ahead?.ticket.isTakenBack) throw new RunNotBegun();
          return double(inputs);
        },
      });
      const others = [call(), call()];
      const asked = [1, 2, 3].map((id) => batcher.run(inputsOf(id)));
      const leaving = others.map((own, i) => batcher.run(inputsOf(4 + i), own));
      for (const own of others) own.cancel();
      await Promise.allSettled(leaving);
      assert.deepEqual([runs.length, batcher.running, batcher.waiting], [3, 3, 0]);
      // The copy that ends this one is not the copy that was handed the third.
      runs[1]?.end();
      await nextTurn();
      assert.deepEqual([runs.length, batcher.running, runs[3]?.inputs], [4, 2, runs[2]?.inputs]);
      for (const { end } of runs) end();
      assert.deepEqual(
        await Promise.all(asked),
        [1, 2, 3].map((id) => double(inputsOf(id))),
      );
      assert.equal(batcher.running, 0);
    });

    test("fails a run that could not be handed over, and goes on", async () => {
      let isRefusing = true;
      const { batcher, clock } = setUp({
        ...alone,
        slots: () => 1,
        ahead: () => 1,
        start: async ({ inputs, ahead }) => {
          if (ahead && isRefusing) throw new Error("no memory");
          ahead?.onBegin();
          await nextTurn();
          return double(inputs);
        },
      });
      const asked = [1, 2, 3].map((id) => batcher.run(inputsOf(id)));
      await assert.rejects(asked[1] ?? Promise.resolve(), new Error("no memory"));
      isRefusing = false;
      await Promise.all([asked[0], asked[2]]);
      assert.deepEqual([batcher.running, batcher.waiting, clock.timerCount], [0, 0, 0]);
      assert.deepEqual(await batcher.run(inputsOf(4)), double(inputsOf(4)));
    });

    test("puts a run first in line whose worker ended before it began", async () => {
      const { batcher, started, ends, seen, finish } = setUp({ ...alone, slots: () => 1, ahead: () => 1 });
      const asked = [1, 2, 3, 4].map((id) => batcher.run(inputsOf(id)));
      assert.deepEqual(started, [[1], [2]]);
      ends[1]?.();
      await nextTurn();
      ends[0]?.(new Error("died"));
      await assert.rejects(asked[0] ?? Promise.resolve(), new Error("died"));
      await nextTurn();
      assert.deepEqual(started, [[1], [2], [2], [3]]);
      await finish();
      await Promise.all(asked.slice(1));
      assert.equal(seen.retried, 0);
    });
  });

  test("closes after what was asked for, waits for no company any more, and refuses what comes later", async () => {
    const { batcher, started, finish } = setUp({ policy: { maxDelayMs: 1000 } });
    const asked = [1, 2, 3].map((id) => batcher.run(inputsOf(id)));
    const closed = batcher.close();
    assert.deepEqual(started, [[1, 2, 3]]);
    await assert.rejects(batcher.run(inputsOf(4)), {
      code: Code.unavailable,
      message: 'engine "e" is closed',
    });
    await finish();
    await Promise.all([closed, batcher.close(), ...asked]);
  });
});

const request = fc.record({
  kind: fc.constant("run" as const),
  rows: fc.nat({ max: 9 }),
  width: fc.integer({ min: 1, max: 3 }),
  priority: fc.constantFrom(...Object.values(Priority)),
  timeoutMs: fc.constantFrom(undefined, 3, 20),
});
const step = fc.oneof(
  { weight: 4, arbitrary: request },
  fc.record({ kind: fc.constant("cancel" as const), at: fc.nat({ max: 30 }) }),
  fc.record({ kind: fc.constant("end" as const), at: fc.nat({ max: 5 }), isDying: fc.boolean() }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.nat({ max: 4 }) }),
  fc.record({ kind: fc.constant("turn" as const) }),
);
const scenario = fc.record({
  steps: fc.array(step, { maxLength: 60 }),
  slots: fc.integer({ min: 1, max: 3 }),
  isAhead: fc.boolean(),
  limits: fc.record({ maxQueueSize: fc.integer({ min: 1, max: 20 }), maxQueueWaitMs: fc.constantFrom(0, 5) }),
  poison: fc.constantFrom(undefined, 0, 1, 2),
  policy: fc.record({
    layout: fc.constantFrom(undefined, layout, layout, layout),
    maxRows: fc.integer({ min: 2, max: 8 }),
    preferredRows: fc.constantFrom([], [2]),
    maxDelayMs: fc.constantFrom(0, 0, 3),
    enableOverrun: fc.boolean(),
    allowSplit: fc.boolean(),
    padValue: fc.constantFrom(undefined, 0, 5),
  }),
});

test("everybody gets what they would get alone, once, or a reason of their own; nothing is left behind", async () => {
  const property = fc.asyncProperty(scenario, async ({ steps, slots, isAhead, limits, poison, policy }) => {
    const maxRows = policy.layout ? policy.maxRows : 1;
    const { batcher, clock, started, ends, call, finish } = setUp({
      policy: { ...policy, maxRows },
      limits,
      ...(poison === undefined ? {} : { poison }),
      slots: () => slots,
      ahead: () => (isAhead ? slots : 0),
    });
    const asked: { inputs: TensorMap; call: Call; outcome: Promise<TensorMap | ServeError | Error> }[] = [];
    const dead = new Set<unknown>();
    for (const next of steps) {
      const openRuns = ends.filter((end) => !dead.has(end));
      if (next.kind === "run") {
        const inputs = inputsOf(asked.length, next.rows, next.width);
        const own = call(next.timeoutMs, next.priority);
        asked.push({ inputs, call: own, outcome: batcher.run(inputs, own).catch((thrown) => thrown) });
      } else if (next.kind === "cancel") asked[next.at]?.call.cancel();
      else if (next.kind === "wait") clock.advance(next.ms);
      else if (next.kind === "turn") await nextTurn();
      else {
        const end = openRuns[next.at];
        dead.add(end);
        end?.(next.isDying ? new Error("died") : undefined);
        await nextTurn();
      }
      assert.ok(batcher.waiting <= limits.maxQueueSize + maxRows * slots);
    }
    const closed = batcher.close();
    await finish();
    await closed;
    for (const [id, { inputs, outcome, call: own }] of asked.entries()) {
      const answer = await outcome;
      if (answer instanceof Map) assert.deepEqual(answer, double(inputs));
      else if (answer instanceof ServeError) {
        const codes: Code[] = [Code.cancelled, Code.deadlineExceeded, Code.resourceExhausted];
        assert.ok(codes.includes(answer.code), answer.message);
      } else if ((answer as Error).message === "poison") assert.equal(id, poison);
      else assert.equal((answer as Error).message, "died");
      own.finish();
    }
    assert.ok(started.length <= 2 * asked.reduce((sum, { inputs }) => sum + 1 + valuesOf(inputs).length, 0));
    assert.deepEqual([batcher.waiting, batcher.running, clock.timerCount], [0, 0, 0]);
  });
  await fc.assert(property, { numRuns: 300 });
});
