import type { Clock, Metrics } from "@paddlewheel/core";
import {
  type LoadFailure,
  retryPause,
  type VersionSource,
  type VersionState,
} from "../version/plan-versions.js";
import { watchVersion } from "./engine-metrics.js";
import type { InferEngine } from "./infer-engine.js";

/** What a version is at; `failed` of one that was never loaded. */
export type VersionPhase = "loading" | "ready" | "unloading" | "unloaded" | "failed";

export interface ReloadableInferEngineOptions {
  readonly engine: string;
  readonly version: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Loads, warms up and verifies beside what is served. */
  readonly load: (source: VersionSource) => Promise<InferEngine>;
  /** `current` has changed; runs before what was served until now is closed. */
  readonly onSwitch: () => void;
}

/**
 * One version of a model, whose content may be replaced: loads the new one beside the old one, switches, lets the old one
 * end its runs, and gives it back. Its methods are called one after the other.
 * Source: Paddle Serving, `ReloadableInferEngine`.
 */
export class ReloadableInferEngine implements VersionState {
  readonly version: string;
  readonly #options: ReloadableInferEngineOptions;
  #current: InferEngine | undefined;
  #loaded: VersionSource | undefined;
  #failure: LoadFailure | undefined;
  #phase: VersionPhase = "unloaded";

  constructor(options: ReloadableInferEngineOptions) {
    const { engine, version, metrics } = options;
    this.version = version;
    this.#options = options;
    watchVersion(metrics, { engine, version, executor: () => this.#current?.executor });
  }

  /** What runs are given to; undefined while the version is not served. */
  get current(): InferEngine | undefined {
    return this.#current;
  }

  get loaded(): VersionSource | undefined {
    return this.#loaded;
  }

  get failure(): LoadFailure | undefined {
    return this.#failure;
  }

  get phase(): VersionPhase {
    return this.#phase;
  }

  /** @throws what the load throws, after noting it in `failure`; what was served until now still is. */
  async load(source: VersionSource): Promise<void> {
    const { load, onSwitch } = this.#options;
    const before = this.#current;
    this.#phase = "loading";
    try {
      this.#current = await load(source);
    } catch (thrown) {
      this.#fail(source, thrown);
      throw thrown;
    }
    this.#loaded = source;
    this.#failure = undefined;
    this.#phase = "ready";
    onSwitch();
    await before?.close();
  }

  /** Takes no new runs, waits for those there are, gives the model back. Idempotent. */
  async unload(): Promise<void> {
    const before = this.#current;
    if (!before) return;
    this.#current = undefined;
    this.#loaded = undefined;
    this.#phase = "unloading";
    this.#options.onSwitch();
    await before.close();
    this.#phase = "unloaded";
  }

  /** A load that failed may be tried at once. */
  forgive(): void {
    if (this.#failure) this.#failure = { ...this.#failure, retryAt: Number.NEGATIVE_INFINITY };
  }

  /** The folder of a version that failed is gone. */
  forget(): void {
    if (this.#current) return;
    this.#failure = undefined;
    this.#phase = "unloaded";
  }

  #fail(source: VersionSource, thrown: unknown): void {
    const count = (this.#failure?.count ?? 0) + 1;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    this.#failure = { source, count, reason, retryAt: this.#options.clock.now() + retryPause(count) };
    this.#phase = this.#current ? "ready" : "failed";
  }
}
