import type { Clock, Timer } from "@paddlewheel/core";

export interface PollLoopOptions {
  readonly clock: Clock;
  /** Looks once, and gives the milliseconds until the next look, Infinity for none; must not throw. */
  readonly look: () => Promise<number>;
}

/** Looks again and again, one look at a time, until it is closed. */
export class PollLoop {
  readonly #options: PollLoopOptions;
  #timer: Timer | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: PollLoopOptions) {
    this.#options = options;
  }

  /** Looks after `delayMs` for the first time. */
  start(delayMs: number): void {
    this.#timer?.cancel();
    if (this.#isClosed || delayMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#options.clock.setTimer(() => void this.#enqueue(), delayMs);
  }

  /** Looks now, behind a look that is under way; resolves when it is over. */
  now(): Promise<void> {
    return this.#enqueue();
  }

  /** Looks no more; resolves when the last look is over. Idempotent. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    return this.#looking;
  }

  #enqueue(): Promise<void> {
    this.#timer?.cancel();
    this.#looking = this.#looking.then(() => this.#lookOnce());
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    if (this.#isClosed) return;
    this.start(await this.#options.look());
  }
}
