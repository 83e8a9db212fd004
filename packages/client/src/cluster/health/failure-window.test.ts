import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FailureWindow } from "./failure-window.js";

test("a window counts the calls of its last ten tenths", () => {
  const call = fc.record({ afterMs: fc.nat(3000), isFailure: fc.boolean() });
  fc.assert(
    fc.property(fc.array(call), fc.nat(30_000), (calls, lookAfterMs) => {
      const window = new FailureWindow(10_000);
      let now = 0;
      const done = calls.map(({ afterMs, isFailure }) => {
        now += afterMs;
        window.add(now, isFailure);
        return { tenth: Math.floor(now / 1000), isFailure };
      });
      now += lookAfterMs;
      window.forgetOld(now);
      const recent = done.filter(({ tenth }) => tenth > Math.floor(now / 1000) - 10);
      assert.equal(window.calls, recent.length);
      assert.equal(window.failures, recent.filter(({ isFailure }) => isFailure).length);
      window.clear();
      assert.deepEqual([window.calls, window.failures], [0, 0]);
    }),
  );
});
