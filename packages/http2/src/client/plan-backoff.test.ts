import assert from "node:assert/strict";
import { test } from "node:test";
import { planBackoff } from "./plan-backoff.js";

const limits = { minBackoffMs: 50, maxBackoffMs: 2000 };

test("planBackoff doubles from the first time to the longest", () => {
  const times = [1, 2, 3, 4, 5, 6, 7, 8, 2000].map((failures) => planBackoff(failures, limits, 0.5));
  assert.deepEqual(times, [50, 100, 200, 400, 800, 1600, 2000, 2000, 2000]);
});

test("planBackoff spreads by a fifth to both sides", () => {
  assert.equal(planBackoff(1, limits, 0), 40);
  assert.equal(Math.round(planBackoff(1, limits, 0.999_999)), 60);
});
