import type { Call, Clock, TensorMap, VarSignature } from "@paddlewheel/core";
import { refusalError } from "../batch/plan-admission.js";
import type { BatchingChoice } from "../batch/plan-batching.js";
import type { Executor } from "../run/executor.js";
import type { LoadReport } from "../run/load-core.js";
import type { RunSpans } from "../run/run-spans.js";
import type { CacheBudget } from "./cache-budget.js";
import { hashTensors } from "./hash-tensors.js";
import { type CacheKey, RequestCache } from "./request-cache.js";
import type { RequestCacheMetrics } from "./request-cache-metrics.js";
import { SharedRuns } from "./shared-runs.js";
import { copyTensors } from "./tensor-copies.js";

export interface CachingExecutorOptions {
  /** Name of the engine, for messages. */
  readonly engine: string;
  readonly budget: CacheBudget;
  /** Runs that may wait for those of others, `max_queue_size`. */
  readonly maxQueueSize: number;
  readonly clock: Clock;
  readonly metrics: RequestCacheMetrics;
  /** Default `hashTensors`. */
  readonly hash?: (variables: readonly VarSignature[], inputs: TensorMap) => number;
}

/**
 * Runs inputs only once: gives the outputs again that the same inputs had, and lets who asks meanwhile wait for the run
 * under way. Everybody gets outputs of its own. Results are right for models whose outputs depend on nothing but their
 * inputs, which nobody can tell from a model.
 */
export class CachingExecutor implements Executor {
  readonly #executor: Executor;
  readonly #options: CachingExecutorOptions;
  readonly #hash: NonNullable<CachingExecutorOptions["hash"]>;
  readonly #cache: RequestCache;
  readonly #runs: SharedRuns;
  #closed: Promise<void> | undefined;

  constructor(executor: Executor, options: CachingExecutorOptions) {
    const { budget, clock, maxQueueSize, hash = hashTensors } = options;
    this.#executor = executor;
    this.#options = options;
    this.#hash = hash;
    this.#cache = new RequestCache(budget);
    this.#runs = new SharedRuns({
      clock,
      run: (inputs, call, spans) => executor.run(inputs, call, spans),
      onAnswer: (key, outputs) => this.#keep(key, outputs),
      maxFollowers: maxQueueSize,
      refuse: () => this.#refusal(),
    });
  }

  get report(): LoadReport {
    return this.#executor.report;
  }

  get batching(): BatchingChoice {
    return this.#executor.batching;
  }

  get copies(): number {
    return this.#executor.copies;
  }

  get pids(): readonly number[] {
    return this.#executor.pids;
  }

  get waiting(): number {
    return this.#executor.waiting + this.#runs.followers;
  }

  get running(): number {
    return this.#executor.running;
  }

  run(inputs: TensorMap, call?: Call, spans?: RunSpans): Promise<TensorMap> {
    if (this.#closed !== undefined) return this.#executor.run(inputs, call, spans);
    const stopReason = call?.stopReason;
    if (stopReason) return Promise.reject(stopReason);
    if (this.#cache.mayKeep(inputs)) return this.#lookUp(inputs, call, spans);
    this.#options.metrics.notKept();
    return this.#executor.run(inputs, call, spans);
  }

  /** None: the outputs may be there already. */
  refusal(): undefined {
    return undefined;
  }

  /**
   * Forgets all results. Runs under way are waited for before the executor is closed, because a follower may have to
   * lead one. Idempotent.
   */
  close(): Promise<void> {
    this.#cache.clear();
    this.#closed ??= this.#runs.drained().then(() => this.#executor.close());
    return this.#closed;
  }

  #lookUp(inputs: TensorMap, call?: Call, spans?: RunSpans): Promise<TensorMap> {
    const { clock, metrics } = this.#options;
    spans?.beginCache(clock.now());
    const key = { hash: this.#hash(this.report.signature.inputs, inputs), inputs };
    const found = this.#cache.find(key);
    const shared = found ? undefined : this.#runs.follow(key, { call, spans });
    const outcome = found ? "hit" : shared === undefined ? "miss" : "shared";
    metrics.lookedUp(outcome);
    if (shared !== undefined) return shared;
    spans?.endCache(clock.now(), outcome);
    return found ? Promise.resolve(found) : this.#lead(key, call, spans);
  }

  /** Runs a copy: whatever becomes of the caller's tensors, what is kept is what has run. */
  #lead({ hash, inputs }: CacheKey, call?: Call, spans?: RunSpans): Promise<TensorMap> {
    return this.#runs.lead({ hash, inputs: copyTensors(inputs) }, { call, spans });
  }

  #keep(key: CacheKey, outputs: TensorMap): void {
    if (this.#closed !== undefined) return;
    const { metrics } = this.#options;
    const outcome = this.#cache.keep(key, outputs);
    if (outcome.isKept) metrics.evicted(outcome.evicted);
    else metrics.notKept();
  }

  #refusal(): ReturnType<typeof refusalError> {
    const { engine, maxQueueSize, metrics } = this.#options;
    metrics.refused();
    const refusal = { limit: "max_queue_size", answerMs: 0, allowedMs: 0 } as const;
    return refusalError(engine, refusal, { maxQueueSize });
  }
}
