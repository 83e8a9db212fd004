import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { FailureStage } from "../transport/host-transport.js";
import { defaultRetryPolicy } from "./call-options.js";
import { isRetryable, planBackoff } from "./plan-retry.js";

const { unsent, unanswered, answered } = FailureStage;

describe("isRetryable", () => {
  const cases: readonly [FailureStage, Code, isIdempotent: boolean, wanted: boolean][] = [
    [unsent, Code.unavailable, true, true],
    [unsent, Code.unavailable, false, true],
    [unsent, Code.resourceExhausted, false, true],
    [unsent, Code.invalidArgument, true, false],
    [unsent, Code.cancelled, true, false],
    [unsent, Code.deadlineExceeded, true, false],
    [unanswered, Code.unavailable, true, true],
    [unanswered, Code.unavailable, false, false],
    [unanswered, Code.internal, true, false],
    [unanswered, Code.deadlineExceeded, true, false],
    [answered, Code.unavailable, false, true],
    [answered, Code.resourceExhausted, false, true],
    [answered, Code.internal, true, false],
    [answered, Code.opFailure, true, false],
    [answered, Code.deadlineExceeded, true, false],
    [answered, Code.invalidArgument, true, false],
  ];
  for (const [stage, code, isIdempotent, wanted] of cases) {
    const what = isIdempotent ? "an idempotent call" : "a call that may run only once";
    test(`is ${wanted} for ${what} that is ${stage} with code ${code}`, () => {
      assert.equal(isRetryable({ stage, error: new ServeError(code, "no") }, isIdempotent), wanted);
    });
  }
});

describe("planBackoff", () => {
  const wait = (retryCount: number, random: number): number =>
    planBackoff({ retryCount, random, stage: answered, untriedCount: 1 }, defaultRetryPolicy);

  test("doubles from 50 ms to 2 s, ± 20 %", () => {
    assert.deepEqual(
      [0, 1, 2, 5, 6, 60].map((count) => wait(count, 0.5)),
      [50, 100, 200, 1600, 2000, 2000],
    );
    assert.equal(wait(0, 0), 40);
    assert.ok(Math.abs(wait(0, 1) - 60) < 1e-9);
  });

  test("is nothing when nobody was reached and somebody is left", () => {
    const snapshot = { retryCount: 0, random: 0.5, stage: unsent, untriedCount: 1 };
    assert.equal(planBackoff(snapshot, defaultRetryPolicy), 0);
    assert.equal(planBackoff({ ...snapshot, untriedCount: 0 }, defaultRetryPolicy), 50);
  });
});
