import assert from "node:assert/strict";
import { test } from "node:test";
import { planProbeWait } from "./plan-probe-wait.js";

test("probes come soon at first, then ever later up to the interval", () => {
  const waits = [0, 1, 2, 3, 4, 5, 1000].map((probes) => planProbeWait(probes, 3000));
  assert.deepEqual(waits, [187.5, 375, 750, 1500, 3000, 3000, 3000]);
});
