import { type Counter, limitCounter, type Metrics } from "@paddlewheel/core";
import type { CacheOutcome } from "../run/run-spans.js";
import type { CacheBudget } from "./cache-budget.js";

/** What the request cache of one model version counts. */
export class RequestCacheMetrics {
  readonly #lookups: Readonly<Record<CacheOutcome, Counter>>;
  readonly #notKept: Counter;
  readonly #evictions: Counter;
  readonly #refused: Counter;

  constructor(metrics: Metrics, engine: string, version: string) {
    const lookups = (outcome: CacheOutcome): Counter =>
      metrics.counter({
        name: "paddlewheel_request_cache_lookups_total",
        help: "Runs answered from the request cache (hit), by the run of another (shared), or run (miss).",
        labels: { model: engine, version, outcome },
      });
    this.#lookups = { hit: lookups("hit"), shared: lookups("shared"), miss: lookups("miss") };
    this.#notKept = metrics.counter({
      name: "paddlewheel_request_cache_not_kept_total",
      help: "Runs whose inputs and outputs were too large for the request cache.",
      labels: { model: engine, version },
    });
    this.#evictions = metrics.counter({
      name: "paddlewheel_request_cache_evictions_total",
      help: "Results that left the request cache because a result of this version needed room.",
      labels: { model: engine, version },
    });
    this.#refused = limitCounter(metrics, "max_queue_size");
  }

  lookedUp(outcome: CacheOutcome): void {
    this.#lookups[outcome].increment();
  }

  notKept(): void {
    this.#notKept.increment();
  }

  evicted(results: number): void {
    if (results > 0) this.#evictions.increment(results);
  }

  refused(): void {
    this.#refused.increment();
  }
}

/** Publishes what the request cache of an engine holds. */
export function watchCacheBudget(metrics: Metrics, engine: string, budget: CacheBudget): void {
  const labels = { model: engine };
  metrics.observedGauge(
    { name: "paddlewheel_request_cache_bytes", help: "Bytes of the results in the request cache.", labels },
    () => budget.bytes,
  );
  metrics.observedGauge(
    { name: "paddlewheel_request_cache_entries", help: "Results in the request cache.", labels },
    () => budget.shares,
  );
}
