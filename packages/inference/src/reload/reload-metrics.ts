import type { Clock, Counter, Gauge, Histogram, Metrics } from "@paddlewheel/core";

/** How a load or unload of a version ended. */
export type ReloadOutcome = "loaded" | "failed" | "unloaded";

/** Loads take from milliseconds to minutes. */
const loadBuckets = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300];

/** What is counted of one engine's versions. */
export class ReloadMetrics {
  readonly #outcomes: Readonly<Record<ReloadOutcome, Counter>>;
  readonly #loadSeconds: Histogram;
  readonly #lastFailure: Gauge;
  readonly #clock: Clock;

  constructor(metrics: Metrics, engine: string, clock: Clock) {
    const counterOf = (outcome: ReloadOutcome): Counter =>
      metrics.counter({
        name: "paddlewheel_engine_reloads_total",
        help: "Versions of a model that were loaded, failed to load, or were unloaded; the first load counts.",
        labels: { model: engine, outcome },
      });
    this.#outcomes = {
      loaded: counterOf("loaded"),
      failed: counterOf("failed"),
      unloaded: counterOf("unloaded"),
    };
    this.#loadSeconds = metrics.histogram({
      name: "paddlewheel_engine_load_seconds",
      help: "Time until a version was loaded, warmed up and verified.",
      labels: { model: engine },
      buckets: loadBuckets,
    });
    this.#lastFailure = metrics.gauge({
      name: "paddlewheel_engine_last_load_failure_seconds",
      help: "When a version failed to load last, in seconds since the epoch; 0: never.",
      acrossProcesses: "each",
      labels: { model: engine },
    });
    this.#clock = clock;
  }

  loaded(ms: number): void {
    this.#outcomes.loaded.increment();
    this.#loadSeconds.observe(ms / 1000);
  }

  failed(): void {
    this.#outcomes.failed.increment();
    this.#lastFailure.set(this.#clock.epochMicros() / 1e6);
  }

  unloaded(): void {
    this.#outcomes.unloaded.increment();
  }
}
