import assert from "node:assert/strict";
import { test } from "node:test";
import type { AcrossProcesses, MetricFamily, MetricRow } from "../observe/metric-family.js";
import { countsOf, mergeMetrics } from "./merge-metrics.js";

function family(type: string, acrossProcesses: AcrossProcesses, ...rows: MetricRow[]): MetricFamily {
  return { name: type, help: "", type, acrossProcesses, rows };
}

function rowsOf(...all: readonly MetricFamily[]): readonly MetricRow[] {
  return mergeMetrics(all.map((one, i) => ({ process: i + 1, families: [one] }))).flatMap(({ rows }) => rows);
}

test("rows with the same labels add up, in whatever order these are; others stay", () => {
  assert.deepEqual(
    rowsOf(
      family("counter", "sum", { labels: { a: "1", b: "2" }, value: 3 }),
      family("counter", "sum", { labels: { b: "2", a: "1" }, value: 4 }, { labels: { a: "2" }, value: 5 }),
    ),
    [
      { labels: { b: "2", a: "1" }, value: 7 },
      { labels: { a: "2" }, value: 5 },
    ],
  );
});

test("buckets, sum and count of a histogram add up each for itself", () => {
  const histogram = (bucket: number, sum: number): MetricFamily =>
    family(
      "histogram",
      "sum",
      { metricName: "s_bucket", labels: { le: 1 }, value: bucket },
      { metricName: "s_sum", labels: {}, value: sum },
      { metricName: "s_count", labels: {}, value: bucket },
    );
  assert.deepEqual(
    rowsOf(histogram(1, 0.5), histogram(2, 1.5)).map(({ value }) => value),
    [3, 2, 3],
  );
});

test("what makes no sum has a row for each process", () => {
  const memory = (value: number): MetricFamily =>
    family("gauge", "each", { labels: { kind: "heap" }, value });
  assert.deepEqual(rowsOf(memory(10), memory(20)), [
    { labels: { kind: "heap", process: "1" }, value: 10 },
    { labels: { kind: "heap", process: "2" }, value: 20 },
  ]);
});

test("of a process and its successor the later row counts", () => {
  const memory = (value: number) => ({
    process: 1,
    families: [family("gauge", "each", { labels: {}, value })],
  });
  const [merged] = mergeMetrics([memory(10), memory(20)]);
  assert.deepEqual(merged?.rows, [{ labels: { process: "1" }, value: 20 }]);
});

test("what is the same everywhere is there once", () => {
  const version = family("gauge", "first", { labels: { version: "v20" }, value: 1 });
  assert.deepEqual(rowsOf(version, version), version.rows);
});

test("only what grows outlives its process", () => {
  const all = ["counter", "gauge", "histogram", "summary"].map((type) => family(type, "sum"));
  assert.deepEqual(
    countsOf(all).map(({ type }) => type),
    ["counter", "histogram", "summary"],
  );
});
