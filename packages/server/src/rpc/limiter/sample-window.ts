import type { CallOutcome } from "./concurrency-limiter.js";

/** What the calls that ended in one stretch of time took. */
export interface WindowSnapshot {
  readonly now: number;
  /** In ms; it began when the one before ended, or at the `begin` of the first. */
  readonly durationMs: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Mean in ms, in which the time of failed calls counts as spent for those that succeeded; NaN when none did. */
  readonly latencyMs: number;
  /** The same of failed calls alone; NaN when none did. */
  readonly failedLatencyMs: number;
  /** The most calls that were at work at once. */
  readonly peakInFlight: number;
}

/**
 * Adds up the calls of one stretch of time. Source: brpc's limiters, where failures are punished in the same way: a
 * server that fails fast must not look like a fast one.
 */
export class SampleWindow {
  #startedAt = Number.NaN;
  #succeeded = 0;
  #succeededMs = 0;
  #failed = 0;
  #failedMs = 0;
  #peakInFlight = 0;

  get count(): number {
    return this.#succeeded + this.#failed;
  }

  /** How long it has lasted, in ms; NaN before the first call of all. */
  ageAt(now: number): number {
    return now - this.#startedAt;
  }

  /** Begins the first one, which otherwise begins when its first call ends; the others begin by themselves. */
  begin(at: number): void {
    if (Number.isNaN(this.#startedAt)) this.#startedAt = at;
  }

  noteInFlight(inFlight: number): void {
    if (inFlight > this.#peakInFlight) this.#peakInFlight = inFlight;
  }

  add(outcome: Exclude<CallOutcome, "neutral">, latencyMs: number, now: number): void {
    this.begin(now);
    if (outcome === "ok") {
      this.#succeeded++;
      this.#succeededMs += latencyMs;
    } else {
      this.#failed++;
      this.#failedMs += latencyMs;
    }
  }

  snapshot(now: number): WindowSnapshot {
    return {
      now,
      durationMs: this.ageAt(now),
      succeeded: this.#succeeded,
      failed: this.#failed,
      latencyMs: (this.#succeededMs + this.#failedMs) / this.#succeeded,
      failedLatencyMs: this.#failedMs / this.#failed,
      peakInFlight: this.#peakInFlight,
    };
  }

  /** Begins the next one. */
  restart(now: number): void {
    this.#startedAt = now;
    this.#succeeded = 0;
    this.#succeededMs = 0;
    this.#failed = 0;
    this.#failedMs = 0;
    this.#peakInFlight = 0;
  }
}
