import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "./manual-clock.js";

describe("ManualClock", () => {
  test("stands still until it is advanced", () => {
    const clock = new ManualClock(5);
    const stamp = clock.epochMicros();
    assert.equal(clock.now(), 5);
    clock.advance(1.5);
    assert.equal(clock.now(), 6.5);
    assert.equal(clock.epochMicros(), stamp + 1500);
  });

  test("runs timers in the order they fall due, each at its own time", () => {
    const clock = new ManualClock();
    const runs: string[] = [];
    const note = (name: string) => () => runs.push(`${name}@${clock.now()}`);
    clock.setTimer(note("late"), 20);
    clock.setTimer(note("early"), 10);
    clock.setTimer(note("early too"), 10);
    clock.setTimer(note("too late"), 21);
    clock.advance(20);
    assert.deepEqual(runs, ["early@10", "early too@10", "late@20"]);
    assert.equal(clock.now(), 20);
    assert.equal(clock.timerCount, 1);
  });

  test("runs a timer that a timer sets when it falls due in the same advance", () => {
    const clock = new ManualClock();
    const runs: number[] = [];
    clock.setTimer(() => clock.setTimer(() => runs.push(clock.now()), 5), 10);
    clock.advance(15);
    assert.deepEqual(runs, [15]);
  });

  test("does not run a cancelled timer, and cancelling again does nothing", () => {
    const clock = new ManualClock();
    const timer = clock.setTimer(() => assert.fail("the timer was cancelled"), 10);
    timer.cancel();
    timer.cancel();
    clock.advance(10);
    assert.equal(clock.timerCount, 0);
  });

  test("refuses to go back", () => {
    assert.throws(() => new ManualClock().advance(-1), new RangeError("a clock cannot advance by -1 ms"));
    assert.throws(() => new ManualClock().advance(Number.NaN), RangeError);
  });
});
