import type { MethodSnapshot } from "../rpc/method-stats.js";

/** The ratio, and what stands for it in names. */
const statedPercentiles = [
  [0.5, "50"],
  [0.9, "90"],
  [0.99, "99"],
  [0.999, "999"],
  [0.9999, "9999"],
] as const;

/**
 * What a method did in brpc's words: times in microseconds, whole numbers all. `count`, `qps` and the latencies are those
 * of calls without an error; but for `count` and `error` they are of the last 10 s.
 * @param maxConcurrency of a method that has a limit of its own
 */
export function methodNumbers(
  snapshot: MethodSnapshot,
  maxConcurrency?: number,
): readonly (readonly [name: string, value: number])[] {
  const { count, qps, errors, eps, averageUs, maxUs, concurrency } = snapshot;
  const percentiles = statedPercentiles.map(
    ([ratio, suffix]) => [`latency_${suffix}`, percentileOf(snapshot, ratio)] as const,
  );
  return [
    ["count", count],
    ["qps", Math.round(qps)],
    ["error", errors],
    ["eps", Math.round(eps)],
    ["latency", Math.round(averageUs)],
    ...percentiles,
    ["max_latency", maxUs],
    ["concurrency", concurrency],
    ...(maxConcurrency === undefined ? [] : [["max_concurrency", maxConcurrency] as const]),
  ];
}

/** Within 2 %, and never above the longest there was. */
export function percentileOf({ latencies, maxUs }: MethodSnapshot, ratio: number): number {
  return Math.min(latencies.percentile(ratio), maxUs);
}
