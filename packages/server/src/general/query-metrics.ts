import type { Counter, Metrics } from "@paddlewheel/core";

/** Paddle Serving's counters of GeneralModelService.inference, under its names and labels. */
export class QueryMetrics {
  readonly #success: Counter;
  readonly #failure: Counter;
  readonly #duration: Counter;

  constructor(metrics: Metrics) {
    // Compat: the labels Paddle Serving gives; a model's own numbers are under pd_inference_*.
    const labels = { model: "general", version: "0" };
    this.#success = metrics.counter({
      name: "pd_query_request_success_total",
      help: "Inference requests that succeeded.",
      labels,
    });
    this.#failure = metrics.counter({
      name: "pd_query_request_failure_total",
      help: "Inference requests that failed.",
      labels,
    });
    this.#duration = metrics.counter({
      name: "pd_query_request_duration_us_total",
      help: "Time of all inference requests, failed ones included, in microseconds.",
      labels,
    });
  }

  /** Counts one request that took so many microseconds; whole ones are counted. */
  count(micros: number, isSuccess: boolean): void {
    (isSuccess ? this.#success : this.#failure).increment();
    this.#duration.increment(Math.round(micros));
  }
}
