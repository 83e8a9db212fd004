import {
  type Counter,
  type Histogram,
  type Labels,
  limitCounter,
  type MetricOptions,
  type Metrics,
} from "@paddlewheel/core";
import type { BatchObserver } from "../batch/batch-observer.js";
import type { Refusal } from "../batch/plan-admission.js";
import type { Executor } from "../run/executor.js";

/** Where the parts of an engine report a run. */
export interface RunObserver extends BatchObserver {
  /** The model ran, or failed, for `ms` on `rows` rows. */
  ran(ms: number, rows: number): void;
  /** A worker process ended without being asked to. */
  workerEnded(reason: WorkerEnd): void;
  /** A copy of the model has been loaded in the place of one that ended. */
  workerRestarted(): void;
  /** A run goes to another worker process, as its own ended. */
  rerun(): void;
  /** Inputs are refused because they ended worker processes before. */
  quarantined(): void;
}

/** Why a worker process ended; `exit`: by itself. */
export const WorkerEnd = { signal: "signal", exit: "exit", maxRunMs: "max_run_ms" } as const;
export type WorkerEnd = (typeof WorkerEnd)[keyof typeof WorkerEnd];

/** Powers of two: batches are chosen so, and a merged one ends near them. */
const batchSizeBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/**
 * The metrics of one model version, asked for once.
 * Compat: names and units of `pd_inference_*` are Paddle Serving's; it labels every model `general`.
 */
export class EngineMetrics implements RunObserver {
  readonly #labels: Labels;
  readonly #runs: Counter;
  readonly #runMicros: Counter;
  readonly #runSeconds: Histogram;
  readonly #queueSeconds: Histogram;
  readonly #batchSize: Histogram;
  readonly #split: Counter;
  readonly #retried: Counter;
  readonly #ended: Readonly<Record<WorkerEnd, Counter>>;
  readonly #restarted: Counter;
  readonly #reruns: Counter;
  readonly #tooLong: Counter;
  readonly #quarantined: Counter;
  readonly #refused: Readonly<Record<Refusal["limit"], Counter>>;

  constructor(metrics: Metrics, engine: string, version: string) {
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
    this.#split = metrics.counter(
      this.#named("paddlewheel_engine_split_total", "Requests that were cut over several runs."),
    );
    this.#retried = metrics.counter(
      this.#named(
        "paddlewheel_engine_retried_total",
        "Requests that ran again alone after their batch had failed.",
      ),
    );
    const ended = this.#named(
      "paddlewheel_engine_worker_ended_total",
      "Worker processes that ended unasked.",
    );
    const endedBy = (reason: WorkerEnd) => metrics.counter({ ...ended, labels: { ...this.#labels, reason } });
    this.#ended = {
      signal: endedBy(WorkerEnd.signal),
      exit: endedBy(WorkerEnd.exit),
      max_run_ms: endedBy(WorkerEnd.maxRunMs),
    };
    this.#restarted = metrics.counter(
      this.#named("paddlewheel_engine_worker_restarts_total", "Worker processes started again."),
    );
    this.#reruns = metrics.counter(
      this.#named("paddlewheel_engine_reruns_total", "Runs done again because their worker process ended."),
    );
    this.#tooLong = limitCounter(metrics, "max_run_ms");
    this.#quarantined = limitCounter(metrics, "quarantine");
    this.#refused = {
      max_queue_size: limitCounter(metrics, "max_queue_size"),
      max_queue_wait: limitCounter(metrics, "max_queue_wait"),
      queue_deadline: limitCounter(metrics, "queue_deadline"),
    };
  }

  waited(ms: number): void {
    this.#queueSeconds.observe(ms / 1000);
  }

  refused(limit: Refusal["limit"]): void {
    this.#refused[limit].increment();
  }

  split(): void {
    this.#split.increment();
  }

  retried(requests: number): void {
    this.#retried.increment(requests);
  }

  ran(ms: number, rows: number): void {
    this.#runs.increment();
    this.#runMicros.increment(Math.round(ms * 1000));
    this.#runSeconds.observe(ms / 1000);
    this.#batchSize.observe(rows);
  }

  workerEnded(reason: WorkerEnd): void {
    this.#ended[reason].increment();
    if (reason === WorkerEnd.maxRunMs) this.#tooLong.increment();
  }

  workerRestarted(): void {
    this.#restarted.increment();
  }

  rerun(): void {
    this.#reruns.increment();
  }

  quarantined(): void {
    this.#quarantined.increment();
  }

  #named(name: string, help: string): MetricOptions {
    return { name, help, labels: this.#labels };
  }
}

export interface WatchedVersion {
  readonly engine: string;
  readonly version: string;
  /** What runs the version now; undefined while it is not served. */
  readonly executor: () => Pick<Executor, "waiting" | "copies"> | undefined;
}

/** Publishes what is read only when somebody looks; once per version, whatever is loaded for it. */
export function watchVersion(metrics: Metrics, { engine, version, executor }: WatchedVersion): void {
  const labels = { model: engine, version };
  metrics.observedGauge(
    { name: "paddlewheel_engine_queue_depth", help: "Runs that wait for a free copy of the model.", labels },
    () => executor()?.waiting ?? 0,
  );
  metrics.observedGauge(
    { name: "paddlewheel_engine_loaded", help: "Loaded copies of the model; 0: it cannot answer.", labels },
    () => executor()?.copies ?? 0,
  );
}
