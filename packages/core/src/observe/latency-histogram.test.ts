import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { LatencyHistogram } from "./latency-histogram.js";

const ratios = [0.5, 0.9, 0.99, 0.999, 0.9999, 1];

/** From a microsecond to over an hour, as many in each power of ten. */
const latency = fc.double({ min: 0, max: 9.6, noNaN: true }).map((exponent) => Math.floor(10 ** exponent));

function histogramOf(latencies: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const us of latencies) histogram.add(us);
  return histogram;
}

function exactPercentile(latencies: readonly number[], ratio: number): number {
  const sorted = [...latencies].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(ratio * sorted.length)) - 1] ?? 0;
}

describe("LatencyHistogram", () => {
  test("is within 2 % of the exact percentiles", () => {
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), (latencies) => {
        const histogram = histogramOf(latencies);
        for (const ratio of ratios) {
          const exact = exactPercentile(latencies, ratio);
          const given = histogram.percentile(ratio);
          assert.ok(Math.abs(given - exact) <= exact * 0.02, `${ratio}: ${given}, not ${exact}`);
        }
      }),
    );
  });

  test("is exact below 64 µs", () => {
    for (let us = 0; us < 64; us++) assert.equal(histogramOf([us]).percentile(1), us);
  });

  test("is the same whether latencies were added one by one or from others", () => {
    fc.assert(
      fc.property(fc.array(latency), fc.array(latency), (some, others) => {
        const together = histogramOf(some);
        together.addAll(histogramOf(others));
        const all = histogramOf([...some, ...others]);
        for (const ratio of ratios) assert.equal(together.percentile(ratio), all.percentile(ratio));
      }),
    );
  });

  test("counts those up to a latency", () => {
    const histogram = histogramOf([1, 2, 2, 900, 5000]);
    assert.deepEqual(
      [0, 1, 2, 1000, 10_000, 2 ** 40].map((us) => histogram.countUpTo(us)),
      [0, 1, 3, 4, 5, 5],
    );
    assert.equal(histogram.count, 5);
  });

  test("takes what is longer than it can tell as the longest it can", () => {
    const longest = histogramOf([2 ** 32 - 1]).percentile(1);
    assert.equal(histogramOf([86_400e6]).percentile(1), longest);
  });

  test("knows nothing after it was cleared, and at first", () => {
    const histogram = histogramOf([5, 500]);
    histogram.clear();
    for (const one of [histogram, new LatencyHistogram()]) assert.equal(one.percentile(0.5), 0);
  });
});
