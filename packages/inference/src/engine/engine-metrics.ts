import type { Counter, Histogram, Labels, MetricOptions, Metrics } from "@paddlewheel/core";

/** Where the parts of an engine report a run. */
export interface RunObserver {
  /** A run starts after it waited `ms` for a slot. */
  waited(ms: number): void;
  /** The model ran, or failed, for `ms` on `rows` rows. */
  ran(ms: number, rows: number): void;
}

export interface EngineGauges {
  readonly waiting: () => number;
  readonly copies: () => number;
}

/** Powers of two: batches are chosen so, and a merged one ends near them. */
const batchSizeBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/**
 * The metrics of one model version, asked for once.
 * Compat: names and units of `pd_inference_*` are Paddle Serving's; it labels every model `general`.
 */
export class EngineMetrics implements RunObserver {
  readonly #metrics: Metrics;
  readonly #labels: Labels;
  readonly #runs: Counter;
  readonly #runMicros: Counter;
  readonly #runSeconds: Histogram;
  readonly #queueSeconds: Histogram;
  readonly #batchSize: Histogram;

  constructor(metrics: Metrics, engine: string, version: string) {
    this.#metrics = metrics;
    this.#labels = { model: engine, version };
    this.#runs = metrics.counter(this.#named("pd_inference_count_total", "Runs of the model."));
    this.#runMicros = metrics.counter(
      this.#named("pd_inference_duration_us_total", "Microseconds the model ran."),
    );
    this.#runSeconds = metrics.histogram(
      this.#named("paddlewheel_engine_run_seconds", "Time of one run of the model, without waiting."),
    );
    this.#queueSeconds = metrics.histogram(
      this.#named("paddlewheel_engine_queue_seconds", "Time a run waited for a free copy of the model."),
    );
    this.#batchSize = metrics.histogram({
      ...this.#named("paddlewheel_engine_batch_size", "Rows of the first input per run."),
      buckets: batchSizeBuckets,
    });
  }

  waited(ms: number): void {
    this.#queueSeconds.observe(ms / 1000);
  }

  ran(ms: number, rows: number): void {
    this.#runs.increment();
    this.#runMicros.increment(Math.round(ms * 1000));
    this.#runSeconds.observe(ms / 1000);
    this.#batchSize.observe(rows);
  }

  /** Publishes what is read only when somebody looks. */
  watch({ waiting, copies }: EngineGauges): void {
    const depth = this.#named(
      "paddlewheel_engine_queue_depth",
      "Runs that wait for a free copy of the model.",
    );
    this.#metrics.observedGauge(depth, waiting);
    const loaded = this.#named(
      "paddlewheel_engine_loaded",
      "Loaded copies of the model; 0: it cannot answer.",
    );
    this.#metrics.observedGauge(loaded, copies);
  }

  #named(name: string, help: string): MetricOptions {
    return { name, help, labels: this.#labels };
  }
}
