import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MethodStats } from "./method-stats.js";

function answered(stats: MethodStats, now: number, elapsedMs: number): void {
  stats.begin();
  stats.end(now, elapsedMs, false);
}

function failed(stats: MethodStats, now: number): void {
  stats.begin();
  stats.end(now, 1, true);
}

describe("MethodStats", () => {
  test("counts calls at work from their begin to their end", () => {
    const stats = new MethodStats(0);
    stats.begin();
    stats.begin();
    assert.equal(stats.concurrency, 2);
    stats.end(10, 10, false);
    stats.end(10, 10, true);
    assert.equal(stats.concurrency, 0);
  });

  test("counts calls with and without an error, and times those without", () => {
    const stats = new MethodStats(0);
    for (const elapsedMs of [0.01, 0.02, 0.06]) answered(stats, 500, elapsedMs);
    failed(stats, 600);
    const { latencies, ...numbers } = stats.snapshot(2000);
    assert.deepEqual(numbers, {
      count: 3,
      sumUs: 90,
      errors: 1,
      concurrency: 0,
      qps: 1.5,
      eps: 0.5,
      averageUs: 30,
      maxUs: 60,
    });
    assert.equal(latencies.percentile(0.5), 20);
  });

  test("forgets what is older than 10 s, but in the totals", () => {
    const stats = new MethodStats(0);
    answered(stats, 500, 1);
    failed(stats, 900);
    answered(stats, 9500, 0.05);
    assert.equal(stats.snapshot(9999).maxUs, 1000);
    const { count, errors, eps, maxUs, averageUs, latencies } = stats.snapshot(10_000);
    assert.deepEqual(
      { count, errors, eps, maxUs, averageUs },
      { count: 2, errors: 1, eps: 0, maxUs: 50, averageUs: 50 },
    );
    assert.equal(latencies.percentile(1), 50);
    assert.equal(stats.averageUs(30_000), 0);
  });

  test("has rates of the time it was there, of a whole second at least", () => {
    const stats = new MethodStats(1000);
    for (let i = 0; i < 40; i++) answered(stats, 1100, 1);
    assert.equal(stats.snapshot(1100).qps, 40);
    assert.equal(stats.snapshot(5000).qps, 10);
    // The ten seconds up to here are 1 to 10, of which the last is half over.
    assert.equal(stats.snapshot(10_500).qps, 40 / 9.5);
  });

  test("uses the memory of a second again after ten", () => {
    const stats = new MethodStats(0);
    for (let second = 0; second < 25; second++) answered(stats, second * 1000, second);
    const { count, qps, maxUs, latencies } = stats.snapshot(25_000 - 1);
    assert.deepEqual({ count, qps: Math.round(qps), maxUs }, { count: 25, qps: 1, maxUs: 24_000 });
    assert.ok(Math.abs(latencies.percentile(0.1) - 15_000) <= 300);
  });

  test("takes a call that ends with an older time into the current second", () => {
    const stats = new MethodStats(0);
    answered(stats, 5000, 0.01);
    answered(stats, 4000, 0.03);
    assert.equal(stats.averageUs(5000), 20);
  });
});
