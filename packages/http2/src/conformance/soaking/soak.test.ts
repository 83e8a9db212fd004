import assert from "node:assert/strict";
import { test } from "node:test";
import { soak } from "./soak.js";

test("nothing is left of many requests that are answered, cancelled and reset at any moment", async () => {
  const { counts, ...left } = await soak({ requests: 6000, connections: 3, seed: 1 });
  assert.equal(counts.answered + counts.cancelled + counts.reset, 6000);
  for (const count of Object.values(counts)) assert.ok(count > 100);
  const none = { connections: 0, streams: 0, pendingCalls: 0, unwrittenBytes: 0, timers: 0 };
  assert.deepEqual(left, { limits: 0, faults: 0, ...none });
});
