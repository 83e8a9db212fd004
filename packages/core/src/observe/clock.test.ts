import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { systemClock } from "./clock.js";

describe("systemClock", () => {
  test("never goes back, and tells the time of day in microseconds", () => {
    const [first, second] = [systemClock.now(), systemClock.now()];
    assert.ok(second >= first);
    const micros = systemClock.epochMicros();
    assert.ok(Number.isInteger(micros));
    assert.ok(Math.abs(micros / 1000 - Date.now()) < 60_000);
  });

  test("runs a timer that is due", async () => {
    for (const delayMs of [0, -5]) {
      await new Promise<void>((resolve) => {
        // The timer of the clock lets a process end; this one keeps the test alive until it has run.
        const alive = setInterval(() => {}, 1000);
        systemClock.setTimer(() => {
          clearInterval(alive);
          resolve();
        }, delayMs);
      });
    }
  });

  test("does not run a cancelled timer, nor at once one whose delay setTimeout cannot hold", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const runs: string[] = [];
    const cancelled = systemClock.setTimer(() => runs.push("cancelled"), 10);
    cancelled.cancel();
    cancelled.cancel();
    systemClock.setTimer(() => runs.push("in 30 days"), 30 * 86_400_000);
    systemClock.setTimer(() => runs.push("never"), Number.POSITIVE_INFINITY);
    t.mock.timers.tick(2 ** 31 - 2);
    await setImmediate();
    assert.deepEqual(runs, []);
  });
});
