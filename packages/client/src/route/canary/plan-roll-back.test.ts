import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import fc from "fast-check";
import { type CallCounts, isFailure, isTooFaulty } from "./plan-roll-back.js";

const policy = { minCalls: 50, maxErrorShare: 0.05 };

const counts = (failures: number, calls: number): CallCounts => ({ failures, calls });

const anyCounts = fc
  .tuple(fc.nat(10_000), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([calls, share]) => counts(Math.floor(calls * share), calls));
const anyPolicy = fc.record({
  minCalls: fc.integer({ min: 1, max: 1000 }),
  maxErrorShare: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
});

describe("isTooFaulty", () => {
  const cases: readonly (readonly [canary: CallCounts, stable: CallCounts, expected: boolean])[] = [
    [counts(3, 50), counts(0, 1000), true],
    [counts(2, 50), counts(0, 1000), false],
    [counts(49, 49), counts(0, 1000), false],
    [counts(25, 50), counts(500, 1000), false],
    [counts(28, 50), counts(500, 1000), true],
    [counts(3, 50), counts(1, 1), true],
    [counts(0, 0), counts(0, 0), false],
  ];
  for (const [canary, stable, expected] of cases) {
    const ofCalls = ({ failures, calls }: CallCounts) => `${failures} of ${calls}`;
    test(`is ${expected} of ${ofCalls(canary)} beside ${ofCalls(stable)}`, () =>
      assert.equal(isTooFaulty({ canary, stable }, policy), expected));
  }

  test("is never true of fewer than min_calls, nor of no more failures than are allowed", () => {
    fc.assert(
      fc.property(anyCounts, anyCounts, anyPolicy, (canary, stable, given) => {
        if (!isTooFaulty({ canary, stable }, given)) return;
        assert.ok(canary.calls >= given.minCalls);
        assert.ok(canary.failures > canary.calls * given.maxErrorShare - 1e-9);
      }),
    );
  });

  test("stays true when the canary fails more, and the others less", () => {
    fc.assert(
      fc.property(anyCounts, anyCounts, anyPolicy, (canary, stable, given) => {
        if (!isTooFaulty({ canary, stable }, given)) return;
        const worse = { ...canary, failures: canary.calls };
        assert.ok(isTooFaulty({ canary: worse, stable: { ...stable, failures: 0 } }, given));
      }),
    );
  });
});

describe("isFailure", () => {
  test("blames whoever was called for all but what the caller did", () => {
    const of = (code: Code) => isFailure({ error: new ServeError(code, ""), latencyMs: 5 }, 0);
    assert.equal(of(Code.cancelled), undefined);
    for (const code of [Code.invalidArgument, Code.messageTooLarge]) assert.equal(of(code), false);
    for (const code of [
      Code.internal,
      Code.opFailure,
      Code.unavailable,
      Code.deadlineExceeded,
      Code.notFound,
    ]) {
      assert.equal(of(code), true);
    }
  });

  test("takes answers that are slow for failures where that is told", () => {
    const isSlow = (latencyMs: number, slowMs: number) => isFailure({ error: undefined, latencyMs }, slowMs);
    assert.deepEqual([isSlow(5, 0), isSlow(5, 5), isSlow(5.1, 5)], [false, false, true]);
  });
});
