import type { CallOutcome, ConcurrencyLimiter } from "./concurrency-limiter.js";
import { tooMany } from "./constant-limiter.js";
import { type AutoState, initialAutoState, planLimit } from "./plan-limit.js";
import { SampleWindow } from "./sample-window.js";

/** A window lasts so long, in ms, or until it has `maxSamples`, but then a tenth of it, as calls end in bunches. */
const windowMs = 1000;
const shortestWindowMs = 100;
/** A window with fewer goes on; models that take a second have few calls in one. */
const minSamples = 100;
const maxSamples = 200;
/** Calls so far apart tell nothing of a limit: their window is dropped. */
const longestWindowMs = 10_000;

export interface AutoLimiterOptions {
  readonly subject: string;
  /** Spreads the times of measuring; gives numbers from 0 to below 1. Default Math.random. */
  readonly random?: () => number;
}

/**
 * Finds the number of calls with which the server does the most and makes none of them wait. Source: brpc's auto
 * limiter; `planLimit` tells where it decides otherwise.
 */
export class AutoLimiter implements ConcurrencyLimiter {
  readonly kind = "auto";
  readonly #subject: string;
  readonly #random: () => number;
  readonly #window = new SampleWindow();
  #state: AutoState = initialAutoState;

  constructor({ subject, random = Math.random }: AutoLimiterOptions) {
    this.#subject = subject;
    this.#random = random;
  }

  get limit(): number {
    return this.#state.limit;
  }

  refuse(inFlight: number): string | undefined {
    const { limit } = this.#state;
    this.#window.noteInFlight(inFlight);
    return inFlight > limit ? `${tooMany(inFlight, this.#subject, limit)} at present` : undefined;
  }

  release(outcome: CallOutcome, latencyMs: number, now: number): void {
    if (outcome === "neutral" || now < this.#state.settledAt) return;
    const window = this.#window;
    // The first calls came together and end together: counted from their end on they would make the throughput too high.
    window.begin(now - latencyMs);
    window.add(outcome, latencyMs, now);
    const ageMs = window.ageAt(now);
    if (window.count < minSamples) {
      if (ageMs >= longestWindowMs) window.restart(now);
      return;
    }
    if (ageMs < (window.count < maxSamples ? windowMs : shortestWindowMs)) return;
    this.#state = planLimit(this.#state, window.snapshot(now), this.#random());
    window.restart(Math.max(now, this.#state.settledAt));
  }
}
