import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isSettled } from "./file-stamp.js";

describe("isSettled", () => {
  const fine = { mtimeNs: 1_000_000_000n, ctimeNs: 5_000_000_001n };
  const coarse = { mtimeNs: 1_000_000_000n, ctimeNs: 5_000_000_000n };
  const cases = [
    { times: fine, nowMs: 5100, isSafe: false },
    { times: fine, nowMs: 5101, isSafe: true },
    { times: coarse, nowMs: 7000, isSafe: false },
    { times: coarse, nowMs: 7001, isSafe: true },
    // A clock that was set back.
    { times: fine, nowMs: 3000, isSafe: false },
    { times: { mtimeNs: 9_000_000_001n, ctimeNs: 5_000_000_001n }, nowMs: 8000, isSafe: false },
  ];
  for (const { times, nowMs, isSafe } of cases) {
    test(`${times.mtimeNs} and ${times.ctimeNs} ns, looked at after ${nowMs} ms: ${isSafe}`, () => {
      assert.equal(isSettled(times, nowMs), isSafe);
    });
  }
});
