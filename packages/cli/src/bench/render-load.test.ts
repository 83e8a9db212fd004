import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { recordingStream } from "../testing/recording-terminal.js";
import { CallTally } from "./call-tally.js";
import { createLoadReport } from "./load-report.js";
import { renderLoad } from "./render-load.js";

const plan = { load: { concurrency: 4 }, warmUpMs: 0, durationMs: 2000 };

function tallyOf(latencies: readonly number[], errors: readonly ServeError[] = []): CallTally {
  const tally = new CallTally();
  for (const latencyMs of latencies) tally.add({ latencyMs, isInTime: true, error: undefined });
  for (const error of errors) tally.add({ latencyMs: 1, isInTime: true, error });
  return tally;
}

describe("a load report", () => {
  test("has calls, throughput, latencies and a histogram without empty ends", () => {
    const report = createLoadReport(plan, tallyOf([0.5, 0.5, 0.6, 4]), 0.25);
    assert.equal(
      renderLoad(report, recordingStream()),
      `load     4 calls in flight
calls    4 in 2 s, 2.0 answers/s
errors   none
latency  mean 1.40  p50 0.499  p90 4.00  p99 4.00  p99.9 4.00  max 4.00 ms
client   25 % of a core

  ≤ 0.5 ms          2  ${"█".repeat(50)}
  ≤ 1 ms            1  ${"█".repeat(25)}
  ≤ 2 ms            0
  ≤ 5 ms            1  ${"█".repeat(25)}
`,
    );
  });

  test("counts errors by code, and quotes the first", () => {
    const errors = [
      new ServeError(Code.unavailable, "gone"),
      new ServeError(Code.deadlineExceeded, "late"),
      new ServeError(Code.unavailable, "gone again"),
    ];
    const report = createLoadReport(plan, tallyOf([], errors), 0);
    assert.deepEqual(report.errors, { unavailable: 2, deadlineExceeded: 1 });
    assert.deepEqual(report.histogram, []);
    assert.match(
      renderLoad(report, recordingStream()),
      /^errors {3}unavailable 2, deadlineExceeded 1; the first: gone$/m,
    );
  });
});
