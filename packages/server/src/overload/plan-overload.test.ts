import assert from "node:assert/strict";
import { test } from "node:test";
import { planOverload } from "./plan-overload.js";

const limits = { maxLoopDelayMs: 100, maxHeapPercent: 90 };

function overload(delays: readonly number[], heapPercent = 0, given = limits): string {
  return planOverload(
    delays.map((loopDelayMs) => ({ loopDelayMs, heapPercent })),
    given,
  );
}

for (const [what, actual, expected] of [
  ["an idle process", overload([1, 1, 1, 1]), "none"],
  ["a delay of 2 s' standing", overload([1, 100, 150, 100, 200]), "some"],
  ["a delay that ended within 2 s", overload([150, 150, 99, 150]), "none"],
  ["a delay of less than 2 s", overload([500, 500, 500]), "none"],
  ["a long delay of 2 s' standing", overload([1000, 1500, 1000, 1200]), "all"],
  ["a heap near its limit", overload([1], 80), "some"],
  ["a heap at its limit", overload([1], 90), "all"],
  ["a heap at its limit and a delay", overload([150, 150, 150, 150], 90), "all"],
  ["a heap below", overload([1], 79), "none"],
  [
    "anything, without limits",
    overload([5000, 5000, 5000, 5000], 99, { maxLoopDelayMs: 0, maxHeapPercent: 0 }),
    "none",
  ],
  ["no sample", overload([]), "none"],
] as const) {
  test(`${what} refuses ${expected} of the calls`, () => assert.equal(actual, expected));
}
