import assert from "node:assert/strict";
import { test } from "node:test";
import { restartDelayMs } from "./restart-delay.js";

test("the delay of a restart doubles from 100 ms to 10 s", () => {
  const delays = [1, 2, 3, 4, 7, 8, 9, 5000].map(restartDelayMs);
  assert.deepEqual(delays, [100, 200, 400, 800, 6400, 10_000, 10_000, 10_000]);
});
