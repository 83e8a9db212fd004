import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AutoState, autoLimits, initialAutoState, planLimit } from "./plan-limit.js";
import type { WindowSnapshot } from "./sample-window.js";

/** A server of 10 ms a call and 1000 calls a second at best: it needs 10 calls at once. */
const steady: AutoState = {
  ...initialAutoState,
  limit: 11,
  noLoadMs: 10,
  peakQps: 1000,
  exploreRatio: 0.1,
  remeasureAt: 100_000,
};

/** A second in which everything is as `steady` knows it. */
const usual: WindowSnapshot = {
  now: 50_000,
  durationMs: 1000,
  succeeded: 1000,
  failed: 0,
  latencyMs: 10,
  failedLatencyMs: Number.NaN,
  peakInFlight: 11,
};

const measuring: AutoState = { ...steady, phase: "measuring", limit: 9, qpsBefore: 1000 };

describe("planLimit", () => {
  const cases: readonly {
    readonly what: string;
    readonly state?: Partial<AutoState>;
    readonly window?: Partial<WindowSnapshot>;
    readonly next: Partial<AutoState>;
  }[] = [
    {
      what: "explores further up while calls wait for nothing",
      next: { limit: 12, exploreRatio: 0.1 + 0.02, noLoadMs: 10, peakQps: 1000 },
    },
    {
      what: "explores no further than to the largest ratio",
      state: { exploreRatio: 0.29 },
      next: { limit: 13, exploreRatio: 0.3 },
    },
    {
      what: "explores less when more calls only wait",
      window: { latencyMs: 12 },
      next: { limit: 11, exploreRatio: 0.08 },
    },
    {
      what: "explores never less than the smallest ratio",
      state: { exploreRatio: 0.06 },
      window: { latencyMs: 12 },
      next: { limit: 11, exploreRatio: 0.06 },
    },
    {
      what: "takes a better throughput at once",
      window: { succeeded: 2000 },
      next: { limit: 23, peakQps: 2000 },
    },
    {
      what: "forgets the best throughput slowly",
      window: { succeeded: 500 },
      next: { peakQps: 995, limit: 12 },
    },
    {
      what: "takes a lower latency in part",
      window: { latencyMs: 5 },
      next: { noLoadMs: 9.5, limit: 11 },
    },
    {
      what: "leaves a limit that calls do not come near to",
      state: { limit: 40 },
      window: { peakInFlight: 19, succeeded: 100 },
      next: { limit: 40, noLoadMs: 10 },
    },
    {
      what: "halves the limit when all calls failed",
      window: { succeeded: 0, failed: 100, latencyMs: Number.NaN },
      next: { limit: 6 },
    },
    {
      what: "goes to no limit below the smallest",
      state: { limit: 5 },
      window: { succeeded: 0, failed: 100, latencyMs: Number.NaN },
      next: { limit: autoLimits.min },
    },
    {
      what: "lowers the limit to measure when it is time, and waits for those under way",
      window: { now: 100_000, latencyMs: 20 },
      next: { phase: "measuring", limit: 9, settledAt: 100_040, qpsBefore: 1000 },
    },
    {
      what: "does not measure what is not used",
      window: { now: 100_000, peakInFlight: 1 },
      next: { phase: "steady", limit: 11 },
    },
    {
      what: "lowers further when the lower limit cost no throughput",
      state: measuring,
      window: { peakInFlight: 9 },
      next: { phase: "measuring", limit: 7, settledAt: 50_020 },
    },
    {
      what: "has measured when the lower limit cost throughput",
      state: measuring,
      window: { peakInFlight: 9, succeeded: 900, latencyMs: 8 },
      next: { phase: "steady", noLoadMs: 8, limit: 9, remeasureAt: 50_000 + 37_500 },
    },
    {
      what: "has measured when calls are few",
      state: measuring,
      window: { peakInFlight: 2, latencyMs: 7 },
      next: { phase: "steady", noLoadMs: 7, limit: 9 },
    },
    {
      what: "has measured at the smallest limit",
      state: { ...measuring, limit: autoLimits.min },
      window: { peakInFlight: 4, latencyMs: 4 },
      next: { phase: "steady", noLoadMs: 4, limit: 5 },
    },
  ];
  for (const { what, state = {}, window = {}, next } of cases) {
    test(what, () => {
      const planned = planLimit({ ...steady, ...state }, { ...usual, ...window }, 0.5);
      const known = Object.fromEntries(
        Object.keys(next).map((key) => [key, planned[key as keyof AutoState]]),
      );
      assert.deepEqual(known, next);
    });
  }
});
