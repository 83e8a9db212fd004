import assert from "node:assert/strict";
import { test } from "node:test";
import type { MeasuredWindow } from "../measure/measured-window.js";
import type { SuiteName } from "../run/bench-case.js";
import type { CaseResult } from "../run/run-case.js";
import type { WorkloadName } from "../workloads/prepare-workload.js";
import { createReport, hasErrors } from "./report.js";
import { summarizeCase } from "./summary.js";
import { formatCase, formatFigure, formatWindow } from "./table.js";

function windowOf(answered: number, changes: Partial<MeasuredWindow> = {}): MeasuredWindow {
  return {
    seconds: 2,
    answered,
    cpuMicros: 1_000_000,
    p50Micros: 1500,
    p99Micros: 12_345,
    peakRssBytes: 150_000_000,
    loaderBusy: 0.25,
    errors: 0,
    errorSamples: [],
    ...changes,
  };
}

function resultOf(own: readonly MeasuredWindow[]): CaseResult {
  return {
    benchCase: {
      suite: "linear",
      workload: "linear",
      inFlight: 64,
      connections: 8,
      rounds: 2,
      seconds: 2,
      warmupSeconds: 1,
    },
    contenders: [
      { key: "base", title: "the baseline", windows: [windowOf(1000), windowOf(500)] },
      { key: "own", title: "own", windows: own },
    ],
  };
}

const good = resultOf([windowOf(4000), windowOf(2500, { peakRssBytes: 200_000_000 })]);
const bad = resultOf([windowOf(4000), windowOf(2500, { errors: 3, errorSamples: ["grpc-status is 13"] })]);

test("a summary compares round by round with the first contender", () => {
  const [base, own] = summarizeCase(good);
  assert.deepEqual(base?.requestsRatio, { median: 1, min: 1, max: 1 });
  assert.deepEqual(own?.requestsPerSecond, { median: 1625, min: 1250, max: 2000 });
  assert.deepEqual(own?.requestsRatio, { median: 4.5, min: 4, max: 5 });
  assert.deepEqual(own?.cpuMicrosPerRequest, { median: 325, min: 250, max: 400 });
  assert.deepEqual(own?.cpuRatio, { median: 4.5, min: 4, max: 5 });
  assert.equal(own?.peakRssBytes, 200_000_000);
});

test("a table has a row per contender and aligned columns", () => {
  const lines = formatCase(good.benchCase, summarizeCase(good)).split("\n");
  assert.equal(lines.length, 4);
  assert.equal(lines[0], "linear: 64 in flight on 8 connections, 2 rounds of 2 s");
  assert.deepEqual(lines[3]?.split(/ {2,}/), [
    "own",
    "1625 [1250–2000]",
    "4.50 [4.00–5.00]",
    "325 [250–400]",
    "4.50 [4.00–5.00]",
    "1.50",
    "12.3",
    "200",
    "25 %",
    "0",
  ]);
  assert.equal(new Set(lines.slice(1).map((line) => line.length)).size, 1);
});

test("the title of a case names its workload where the suite's name does not", () => {
  const title = (suite: SuiteName, workload: WorkloadName) =>
    formatCase({ ...good.benchCase, suite, workload }, []).split(":")[0];
  assert.equal(title("echo", "echo"), "echo");
  assert.equal(title("image", "float_data"), "image, float_data");
});

test("errors are counted, told in words and make the report bad", () => {
  const text = formatCase(bad.benchCase, summarizeCase(bad));
  assert.match(text, /ERRORS of own: 3, the figures above are void\n {2}grpc-status is 13$/);
  assert.equal(hasErrors(createReport([good, bad])), true);
  assert.equal(hasErrors(createReport([good])), false);
});

test("a contender that answered nothing has no figures rather than false ones, and makes the report bad", () => {
  const silent = resultOf([windowOf(0), windowOf(0)]);
  const row = formatCase(silent.benchCase, summarizeCase(silent)).split("\n")[3];
  assert.equal(hasErrors(createReport([silent])), true);
  assert.match(row ?? "", /^own +0.00 \[0.00–0.00\] .* – \[–––\]/);
});

test("figures have three digits", () => {
  assert.deepEqual([1234.5, 123.45, 12.345, 1.2345, 0.01].map(formatFigure), [
    "1235",
    "123",
    "12.3",
    "1.23",
    "0.01",
  ]);
});

test("progress names errors only when there are some", () => {
  const progress = { round: 0, title: "own" };
  assert.equal(formatWindow({ ...progress, window: windowOf(1000) }), "round 1  own: 500/s, 1000 µs CPU");
  assert.equal(
    formatWindow({ ...progress, window: windowOf(1000, { errors: 2 }) }),
    "round 1  own: 500/s, 1000 µs CPU, 2 ERRORS",
  );
});

test("a report says where its figures come from", () => {
  const { machine, finishedAt } = createReport([good]);
  assert.equal(machine.node, process.version);
  assert.ok(machine.cores > 0 && machine.memoryBytes > 0);
  assert.ok(Number.isFinite(Date.parse(finishedAt)));
});
