import type { CallOutcome, ConcurrencyLimiter } from "./concurrency-limiter.js";
import { tooMany } from "./constant-limiter.js";
import { SampleWindow } from "./sample-window.js";

/** Source: brpc timeout_cl_max_concurrency, timeout_cl_sample_window_size_ms and timeout_cl_max_sample_count. */
const maxInFlight = 100;
const windowMs = 1000;
const maxSamples = 200;

/**
 * Refuses calls that would only take up room: their time is shorter than what calls take on average. One call at a time
 * is always let in, so that the average is renewed. Source: brpc's timeout limiter.
 */
export class TimeoutLimiter implements ConcurrencyLimiter {
  readonly kind = "timeout";
  readonly limit: number = maxInFlight;
  readonly #subject: string;
  readonly #timeoutMs: number;
  readonly #window = new SampleWindow();
  #averageMs = 0;

  /** @param options.timeoutMs of callers that do not say */
  constructor(options: { readonly subject: string; readonly timeoutMs: number }) {
    this.#subject = options.subject;
    this.#timeoutMs = options.timeoutMs;
  }

  refuse(inFlight: number, givenMs: number = this.#timeoutMs): string | undefined {
    if (inFlight > maxInFlight) return tooMany(inFlight, this.#subject, maxInFlight);
    if (inFlight === 1 || this.#averageMs < givenMs) return undefined;
    const average = Math.round(this.#averageMs);
    return `${this.#subject} take ${average} ms on average, this one has ${Math.round(givenMs)} ms`;
  }

  release(outcome: CallOutcome, latencyMs: number, now: number): void {
    if (outcome === "neutral") return;
    const window = this.#window;
    window.add(outcome, latencyMs, now);
    // Unlike brpc's it takes a window of few calls too: while one call at a time is let in there are no more.
    if (window.ageAt(now) < windowMs && window.count < maxSamples) return;
    const { succeeded, latencyMs: mean, failedLatencyMs } = window.snapshot(now);
    this.#averageMs = succeeded > 0 ? mean : failedLatencyMs;
    window.restart(now);
  }
}
