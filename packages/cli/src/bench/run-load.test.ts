import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Clock, Code, ServeError } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import { CallTally } from "./call-tally.js";
import type { LoadPlan } from "./load-plan.js";
import { runLoad, type StartCall } from "./run-load.js";

interface Run {
  readonly tally: CallTally;
  readonly clock: ManualClock;
  readonly ended: Promise<void>;
}

/** A run whose calls `startCall` answers by the run's own clock. */
function start(plan: LoadPlan, startCall: (clock: ManualClock) => StartCall): Run {
  const clock = new ManualClock();
  const tally = new CallTally();
  return { tally, clock, ended: runLoad({ plan, startCall: startCall(clock), tally, clock }) };
}

/** In steps, so that each timer finds the clock at its own time. */
function pass(clock: ManualClock, ms: number): void {
  for (let i = 0; i < ms; i++) clock.advance(1);
}

/** Each call takes so long. */
const answerAfter =
  (ms: number, error?: ServeError) =>
  (clock: ManualClock): StartCall =>
  (onEnd) =>
    void clock.setTimer(() => onEnd(error), ms);

describe("a closed loop", () => {
  test("keeps its calls in flight and counts those that began after the warm-up", async () => {
    const plan = { load: { concurrency: 3 }, warmUpMs: 100, durationMs: 200 };
    const { tally, clock, ended } = start(plan, answerAfter(10));
    pass(clock, 300);
    await ended;
    assert.equal(tally.answers, 60);
    assert.equal(tally.answersInTime, 60);
    assert.equal(tally.meanMs, 10);
  });

  test("waits for its last calls, which do not count for throughput", async () => {
    const plan = { load: { concurrency: 2 }, warmUpMs: 0, durationMs: 100 };
    const { tally, clock, ended } = start(plan, answerAfter(60));
    pass(clock, 120);
    await ended;
    assert.equal(tally.answers, 4);
    assert.equal(tally.answersInTime, 2);
  });

  test("pauses after an error and counts it by code", async () => {
    const plan = { load: { concurrency: 1 }, warmUpMs: 0, durationMs: 100 };
    const down = new ServeError(Code.unavailable, "nobody there");
    const { tally, clock, ended } = start(plan, () => (onEnd) => queueMicrotask(() => onEnd(down)));
    for (let i = 0; i < 110; i++) {
      await Promise.resolve();
      clock.advance(1);
    }
    await ended;
    assert.deepEqual([...tally.errors], [["unavailable", 10]]);
    assert.equal(tally.firstError, down);
    assert.equal(tally.answers, 0);
  });
});

describe("an open loop", () => {
  test("sends at its rate, whatever becomes of the calls", async () => {
    const plan = { load: { rate: 500 }, warmUpMs: 0, durationMs: 100 };
    const { tally, clock, ended } = start(plan, answerAfter(1000));
    pass(clock, 1200);
    await ended;
    assert.equal(tally.answers, 50);
    assert.equal(tally.answersInTime, 0);
  });

  test("counts latencies from when a call was due, so that a standstill shows in all of them", async () => {
    const manual = new ManualClock();
    let standstillMs = 0;
    const clock: Clock = {
      now: () => manual.now() + standstillMs,
      epochMicros: () => manual.epochMicros(),
      setTimer: (callback, delayMs) => manual.setTimer(callback, delayMs),
    };
    const plan = { load: { rate: 1000 }, warmUpMs: 0, durationMs: 100 };
    const tally = new CallTally();
    const ended = runLoad({ plan, startCall: answerAfter(1)(manual), tally, clock });
    pass(manual, 10);
    standstillMs = 50;
    pass(manual, 100);
    await ended;
    assert.equal(tally.answers, 100);
    assert.ok(tally.maxMs >= 50, `${tally.maxMs}`);
    assert.ok(tally.latencies.countUpTo(2000) <= 55, "half of the calls were due while nothing moved");
  });

  test("does not count as latency what a timer of a millisecond cannot help", async () => {
    const plan = { load: { rate: 10_000 }, warmUpMs: 0, durationMs: 100 };
    const { tally, clock, ended } = start(plan, answerAfter(3));
    pass(clock, 200);
    await ended;
    assert.equal(tally.answers, 1000);
    assert.equal(tally.maxMs, 3);
  });
});
