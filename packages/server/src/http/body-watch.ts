import type { Clock, Timer } from "@paddlewheel/core";

/** A body on its way. */
export interface WatchedBody {
  /** Bytes that have come. */
  readonly received: number;
  /** It comes too slowly. */
  cutOff(): void;
}

/** Bytes of a second, after a time of grace in ms. */
export interface BodyRate {
  readonly minBodyRate: number;
  readonly bodyRateGraceMs: number;
}

const sweepIntervalMs = 1000;

/** Cuts off bodies that come slower than they must: each holds a connection, and a call at work, for next to nothing. */
export class BodyWatch {
  readonly #rate: BodyRate;
  readonly #clock: Clock;
  /** With the time when each began. */
  readonly #bodies = new Map<WatchedBody, number>();
  #timer: Timer | undefined;

  constructor(rate: BodyRate, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  add(body: WatchedBody): void {
    this.#bodies.set(body, this.#clock.now());
    this.#timer ??= this.#clock.setTimer(this.#sweep, sweepIntervalMs);
  }

  delete(body: WatchedBody): void {
    this.#bodies.delete(body);
  }

  readonly #sweep = (): void => {
    const now = this.#clock.now();
    for (const [body, startedAt] of this.#bodies) {
      if (isTooSlow(body.received, now - startedAt, this.#rate)) body.cutOff();
    }
    this.#timer = this.#bodies.size > 0 ? this.#clock.setTimer(this.#sweep, sweepIntervalMs) : undefined;
  };
}

function isTooSlow(received: number, ageMs: number, { minBodyRate, bodyRateGraceMs }: BodyRate): boolean {
  return received * 1000 < minBodyRate * (ageMs - bodyRateGraceMs);
}
