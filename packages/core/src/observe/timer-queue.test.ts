import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { TimerQueue } from "./timer-queue.js";

describe("TimerQueue", () => {
  test("runs what is due in its order, and nothing that was taken back", (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const timer = fc.record({ delayMs: fc.integer({ min: -1, max: 100 }), isCancelled: fc.boolean() });
    const property = fc.property(fc.array(timer), fc.integer({ min: 0, max: 120 }), (timers, waitMs) => {
      let now = 0;
      const runs: number[] = [];
      const queue = new TimerQueue(() => now);
      const set = timers.map(({ delayMs }) => queue.add(() => runs.push(Math.max(delayMs, 0)), delayMs));
      for (const [i, { isCancelled }] of timers.entries()) if (isCancelled) set[i]?.cancel();
      while (now < waitMs) {
        now++;
        t.mock.timers.tick(1);
      }
      for (const one of set) one.cancel();
      t.mock.timers.tick(200);
      const due = timers.filter(({ delayMs, isCancelled }) => !isCancelled && Math.max(delayMs, 1) <= waitMs);
      const expected = due.map(({ delayMs }) => Math.max(delayMs, 0)).sort((a, b) => a - b);
      assert.deepEqual(runs, expected);
    });
    fc.assert(property);
  });

  test("sets one timeout for timers that are due later than the first", (t) => {
    const setTimeoutMock = t.mock.method(globalThis, "setTimeout");
    const queue = new TimerQueue(() => 0);
    const timers = [1e6, 2e6, 3e6].map((delayMs) => queue.add(() => {}, delayMs));
    assert.equal(setTimeoutMock.mock.callCount(), 1);
    queue.add(() => {}, 10).cancel();
    assert.equal(setTimeoutMock.mock.callCount(), 2);
    for (const timer of timers) timer.cancel();
  });

  test("runs the others when one throws", (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    let now = 0;
    const runs: string[] = [];
    const queue = new TimerQueue(() => now);
    queue.add(() => {
      throw new Error("a timer at fault");
    }, 1);
    queue.add(() => runs.push("the next"), 2);
    now = 2;
    assert.throws(() => t.mock.timers.tick(2), /a timer at fault/);
    t.mock.timers.tick(1);
    assert.deepEqual(runs, ["the next"]);
  });

  test("lets a timer set others and take others back", (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    let now = 0;
    const runs: string[] = [];
    const queue = new TimerQueue(() => now);
    const late = queue.add(() => runs.push("late"), 5);
    queue.add(() => {
      late.cancel();
      queue.add(() => runs.push("at once"), 0);
    }, 3);
    while (now < 10) {
      now++;
      t.mock.timers.tick(1);
    }
    assert.deepEqual(runs, ["at once"]);
  });
});
