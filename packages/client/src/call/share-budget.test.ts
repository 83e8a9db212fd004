import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "@paddlewheel/core/testing";
import fc from "fast-check";
import { LatencyWindow } from "./latency-window.js";
import { ShareBudget } from "./share-budget.js";

describe("ShareBudget", () => {
  test("never gives more than the share of calls and what time brings", () => {
    const step = fc.record({
      wait: fc.nat({ max: 500 }),
      calls: fc.nat({ max: 30 }),
      asks: fc.nat({ max: 10 }),
    });
    fc.assert(
      fc.property(fc.array(step), fc.constantFrom(0, 3), (steps, minPerSecond) => {
        const clock = new ManualClock();
        const budget = new ShareBudget({ share: 0.1, minPerSecond, clock });
        let calls = 0;
        let taken = 0;
        for (const { wait, calls: more, asks } of steps) {
          clock.advance(wait);
          for (let i = 0; i < more; i++) budget.onCall();
          for (let i = 0; i < asks; i++) if (budget.take()) taken++;
          calls += more;
          const most = calls * 0.1 + minPerSecond * (1 + clock.now() / 1000);
          assert.ok(taken <= most + 1e-6, `${taken} of ${most}`);
        }
      }),
    );
  });

  test("never gives more over any stretch of time than was earned in it, and what can be saved", () => {
    const step = fc.record({
      wait: fc.nat({ max: 2000 }),
      calls: fc.nat({ max: 3000 }),
      asks: fc.nat({ max: 200 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const clock = new ManualClock();
        const budget = new ShareBudget({ share: 0.1, minPerSecond: 3, clock });
        const marks = [{ at: 0, calls: 0, taken: 0 }];
        let [calls, taken] = [0, 0];
        for (const { wait, calls: more, asks } of steps) {
          clock.advance(wait);
          for (let i = 0; i < more; i++) budget.onCall();
          calls += more;
          for (let i = 0; i < asks; i++) if (budget.take()) taken++;
          marks.push({ at: clock.now(), calls, taken });
          for (const from of marks) {
            const most = 100 + 0.1 * (calls - from.calls) + (3 * (clock.now() - from.at)) / 1000;
            assert.ok(taken - from.taken <= most + 1e-6, `${taken - from.taken} of ${most}`);
          }
        }
      }),
    );
  });

  test("gives the floor again after a second, and no more after an hour", () => {
    const clock = new ManualClock();
    const budget = new ShareBudget({ share: 0.1, minPerSecond: 3, clock });
    const takeAll = (): number => {
      let taken = 0;
      while (budget.take()) taken++;
      return taken;
    };
    assert.equal(takeAll(), 3);
    clock.advance(1000);
    assert.equal(takeAll(), 3);
    clock.advance(3_600_000);
    assert.equal(takeAll(), 3);
  });

  test("saves no more than 100 tokens", () => {
    const budget = new ShareBudget({ share: 0.1, minPerSecond: 0, clock: new ManualClock() });
    for (let i = 0; i < 100_000; i++) budget.onCall();
    let taken = 0;
    while (budget.take()) taken++;
    assert.equal(taken, 100);
  });
});

describe("LatencyWindow", () => {
  test("tells the 95th percentile of the last latencies once there are enough", () => {
    const window = new LatencyWindow();
    for (let i = 1; i < 64; i++) window.add(1);
    assert.equal(window.p95, undefined);
    window.add(1);
    assert.equal(window.p95, 1);
    for (let i = 0; i < 512; i++) window.add(i % 100 < 90 ? 2 : 40.2);
    assert.equal(window.p95, 41);
  });
});
