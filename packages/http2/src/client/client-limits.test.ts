import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveClientLimits } from "./client-limits.js";

test("resolveClientLimits fills in the defaults", () => {
  const limits = resolveClientLimits({ cancelBurst: 7 });
  assert.equal(limits.cancelBurst, 7);
  assert.equal(limits.cancelsPerSecond, 20);
});

test("resolveClientLimits refuses what is not in range, limits of clients too", () => {
  assert.throws(() => resolveClientLimits({ maxFrameSize: 1 }), {
    name: "RangeError",
    message: "maxFrameSize is 1, it must be a whole number from 16384 to 16777215",
  });
  assert.throws(
    () => resolveClientLimits({ maxWaitingRequests: -1 }),
    /^RangeError: maxWaitingRequests is -1/,
  );
});
