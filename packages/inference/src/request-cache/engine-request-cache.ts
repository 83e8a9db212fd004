import type { Clock, Metrics } from "@paddlewheel/core";
import type { InferEngine } from "../engine/infer-engine.js";
import { CacheBudget } from "./cache-budget.js";
import { CachingExecutor } from "./caching-executor.js";
import { RequestCacheMetrics, watchCacheBudget } from "./request-cache-metrics.js";

export interface EngineRequestCacheOptions {
  /** Name of the engine. */
  readonly engine: string;
  /** Bytes of the results of all its versions. */
  readonly maxBytes: number;
  readonly maxQueueSize: number;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** The request cache of an engine: each version has results of its own, and all share its bytes. */
export class EngineRequestCache {
  readonly #options: EngineRequestCacheOptions;
  readonly #budget: CacheBudget;

  constructor(options: EngineRequestCacheOptions) {
    this.#options = options;
    this.#budget = new CacheBudget(options.maxBytes);
    watchCacheBudget(options.metrics, options.engine, this.#budget);
  }

  /** The version with its results before it; they go when it is closed. */
  inFrontOf(version: InferEngine): InferEngine {
    const { engine, maxQueueSize, clock, metrics } = this.#options;
    const counted = new RequestCacheMetrics(metrics, engine, version.version);
    const options = { engine, budget: this.#budget, maxQueueSize, clock, metrics: counted };
    return version.behind((executor) => new CachingExecutor(executor, options));
  }
}
