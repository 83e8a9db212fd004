import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@paddlewheel/onnx";
import { LatencyHistogram } from "./latency-histogram.js";

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

test("small latencies are kept exactly", () => {
  const histogram = histogramOf(Array.from({ length: 100 }, (_, i) => i + 1));
  assert.equal(histogram.percentile(1), 1);
  assert.equal(histogram.percentile(50), 50);
  assert.equal(histogram.percentile(99), 99);
  assert.equal(histogram.percentile(100), 100);
});

test("a percentile is at most one bucket above the exact one, over the whole range", () => {
  const random = seededRandom(7);
  const values = Array.from({ length: 2000 }, () => Math.floor(2 ** (random() * 31.9)));
  const sorted = values.toSorted((a, b) => a - b);
  const histogram = histogramOf(values);
  for (const percent of [1, 10, 25, 50, 90, 99, 100]) {
    const exact = sorted[(percent * sorted.length) / 100 - 1] ?? 0;
    const estimate = histogram.percentile(percent);
    assert.ok(estimate >= exact && estimate <= exact * (1 + 1 / 64), `p${percent}: ${estimate} for ${exact}`);
  }
});

test("a percentile of nothing is not a number", () => {
  assert.ok(Number.isNaN(new LatencyHistogram().percentile(50)));
});

test("what is out of range is counted at its end", () => {
  const histogram = histogramOf([-5, 1e12]);
  assert.equal(histogram.count, 2);
  assert.equal(histogram.percentile(50), 0);
  assert.equal(histogram.percentile(100), 2 ** 32 - 1);
});

test("merged histograms count as one", () => {
  const merged = histogramOf([1, 2]);
  merged.merge(histogramOf([3, 4000]));
  assert.equal(merged.count, 4);
  assert.equal(merged.percentile(75), 3);
});

test("a cleared histogram starts again", () => {
  const histogram = histogramOf([5, 5, 5]);
  histogram.clear();
  histogram.record(9);
  assert.equal(histogram.count, 1);
  assert.equal(histogram.percentile(1), 9);
});

test("counts make the same histogram again", () => {
  const copy = LatencyHistogram.fromCounts(histogramOf([10, 20, 30]).toCounts());
  assert.equal(copy.count, 3);
  assert.equal(copy.percentile(50), 20);
});
