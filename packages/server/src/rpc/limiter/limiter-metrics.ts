import { type Counter, type Labels, limitCounter, type Metrics } from "@paddlewheel/core";
import type { ConcurrencyLimiter } from "./concurrency-limiter.js";

/** Shows the current limit of each limiter, and counts what it refuses. */
export class LimiterMetrics {
  readonly #metrics: Metrics;
  readonly #refused = new Map<ConcurrencyLimiter, Counter>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** @param labels of the method, for a limiter of one. */
  add(limiter: ConcurrencyLimiter, limit: string, labels: Labels = {}): void {
    this.#refused.set(limiter, limitCounter(this.#metrics, limit, labels));
    const help = "Calls that may be at work at once, of a method or, without one, of the server.";
    this.#metrics.observedGauge(
      { name: "paddlewheel_concurrency_limit", help, labels: { ...labels, limiter: limiter.kind } },
      () => limiter.limit,
    );
  }

  countRefusal(limiter: ConcurrencyLimiter): void {
    this.#refused.get(limiter)?.increment();
  }
}
