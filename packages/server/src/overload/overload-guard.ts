import { monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import {
  type Clock,
  Code,
  type Counter,
  limitCounter,
  type Metrics,
  ServeError,
  systemClock,
  type Timer,
} from "@paddlewheel/core";
import {
  type LoadSample,
  loopDelaySamples,
  type Overload,
  type OverloadLimits,
  planOverload,
} from "./plan-overload.js";

const sampleIntervalMs = 500;

export interface OverloadGuardOptions {
  readonly limits: OverloadLimits;
  readonly metrics: Metrics;
  readonly clock?: Clock;
  /** What the process says of itself. */
  readonly takeSample?: () => LoadSample;
}

/** Refuses calls while the process has more to do than it can, so that those it takes are answered in time. */
export class OverloadGuard {
  readonly #limits: OverloadLimits;
  readonly #clock: Clock;
  readonly #takeSample: () => LoadSample;
  readonly #refused: Counter;
  readonly #samples: LoadSample[] = [];
  readonly #closing = new AbortController();
  #overload: Overload = "none";
  #asked = 0;
  #timer: Timer | undefined;

  constructor({ limits, metrics, clock = systemClock, takeSample }: OverloadGuardOptions) {
    this.#limits = limits;
    this.#clock = clock;
    this.#takeSample = takeSample ?? processSampler(this.#closing.signal);
    this.#refused = limitCounter(metrics, "overload");
  }

  /** From now on it looks twice a second; not at all where nothing is limited. */
  start(): void {
    const { maxLoopDelayMs, maxHeapPercent } = this.#limits;
    if (maxLoopDelayMs > 0 || maxHeapPercent > 0)
      this.#timer = this.#clock.setTimer(this.#look, sampleIntervalMs);
  }

  close(): void {
    this.#timer?.cancel();
    this.#closing.abort();
    this.#overload = "none";
  }

  /** Everything is refused: other servers should be asked. */
  get isSevere(): boolean {
    return this.#overload === "all";
  }

  /** Why a call cannot be taken in now; undefined when it can. */
  refuse(): ServeError | undefined {
    if (this.#overload === "none") return undefined;
    this.#asked++;
    if (this.#overload === "some" && this.#asked % 4 !== 0) return undefined;
    this.#refused.increment();
    return ServeError.refusal(Code.resourceExhausted, "the server is overloaded, try later or elsewhere");
  }

  readonly #look = (): void => {
    this.#samples.push(this.#takeSample());
    if (this.#samples.length > loopDelaySamples) this.#samples.shift();
    this.#overload = planOverload(this.#samples, this.#limits);
    this.#timer = this.#clock.setTimer(this.#look, sampleIntervalMs);
  };
}

const nsPerMs = 1e6;

/** Each sample tells of the time since the one before; the first begins to measure, until the signal says stop. */
function processSampler(signal: AbortSignal): () => LoadSample {
  let delays: ReturnType<typeof monitorEventLoopDelay> | undefined;
  // Node never frees one that is enabled.
  signal.addEventListener("abort", () => delays?.disable());
  return () => {
    delays ??= monitorEventLoopDelay();
    delays.enable();
    const loopDelayMs = delays.percentile(99) / nsPerMs;
    delays.reset();
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    return { loopDelayMs, heapPercent: (used / limit) * 100 };
  };
}
