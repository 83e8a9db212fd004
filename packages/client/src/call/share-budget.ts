import type { Clock } from "@paddlewheel/core";

export interface ShareBudgetOptions {
  /** What each call earns, in tokens. */
  readonly share: number;
  /** Tokens there are at the start, and that come back within a second, however few the calls. */
  readonly minPerSecond: number;
  readonly clock: Clock;
}

/** Tokens that are saved at most: a quiet hour must not pay for a storm. */
const maxTokens = 100;

/** How often something may be done beside calls: a bucket that each call fills a little, and time up to a floor. */
export class ShareBudget {
  readonly #options: ShareBudgetOptions;
  #tokens: number;
  #filledAt: number;

  constructor(options: ShareBudgetOptions) {
    this.#options = options;
    this.#tokens = options.minPerSecond;
    this.#filledAt = options.clock.now();
  }

  onCall(): void {
    this.#tokens = Math.min(this.#tokens + this.#options.share, maxTokens);
  }

  /** Takes a token; false when there is none. */
  take(): boolean {
    this.#fillByTime();
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  giveBack(): void {
    this.#tokens++;
  }

  #fillByTime(): void {
    const { clock, minPerSecond } = this.#options;
    const now = clock.now();
    const earned = ((now - this.#filledAt) * minPerSecond) / 1000;
    this.#filledAt = now;
    if (this.#tokens < minPerSecond) this.#tokens = Math.min(this.#tokens + earned, minPerSecond);
  }
}
