import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock, RecordingMetrics } from "@paddlewheel/core/testing";
import { OverloadGuard } from "./overload-guard.js";
import type { LoadSample } from "./plan-overload.js";

function setUp() {
  const clock = new ManualClock();
  const metrics = new RecordingMetrics();
  const load = { loopDelayMs: 1, heapPercent: 1 };
  const limits = { maxLoopDelayMs: 100, maxHeapPercent: 90 };
  const guard = new OverloadGuard({ limits, metrics, clock, takeSample: (): LoadSample => ({ ...load }) });
  guard.start();
  const refusals = () =>
    Array.from({ length: 8 }, () => guard.refuse()).filter((error) => error !== undefined);
  return { clock, metrics, load, guard, refusals };
}

test("a quarter of the calls is refused while the event loop is late, and none when it is no more", () => {
  const { clock, metrics, load, guard, refusals } = setUp();
  load.loopDelayMs = 200;
  clock.advance(1500);
  assert.equal(refusals().length, 0);
  clock.advance(500);
  assert.deepEqual(
    refusals().map(({ message }) => message),
    Array(2).fill("the server is overloaded, try later or elsewhere"),
  );
  assert.equal(guard.isSevere, false);
  assert.equal(metrics.counted("limit_exceeded_total", { limit: "overload" }), 2);
  load.loopDelayMs = 1;
  clock.advance(500);
  assert.equal(refusals().length, 0);
});

test("every call is refused while the heap is full", () => {
  const { clock, load, guard, refusals } = setUp();
  load.heapPercent = 95;
  clock.advance(500);
  assert.equal(refusals().length, 8);
  assert.equal(guard.isSevere, true);
  guard.close();
  assert.equal(clock.timerCount, 0);
});

test("a process tells of itself", () => {
  const clock = new ManualClock();
  const limits = { maxLoopDelayMs: 1e9, maxHeapPercent: 100_000 };
  const guard = new OverloadGuard({ limits, metrics: new RecordingMetrics(), clock });
  guard.start();
  clock.advance(5000);
  assert.equal(guard.refuse(), undefined);
  guard.close();
});
