/**
 * Tells a peer that opens streams only to have them reset from one that cancels calls among others: more than `max`
 * resets in one window of time, and at least half of the streams opened in it.
 */
export class ResetLimit {
  readonly #max: number;
  readonly #windowMs: number;
  #windowStart: number;
  #opened = 0;
  #resets = 0;

  constructor(options: { readonly max: number; readonly windowMs: number; readonly now: number }) {
    this.#max = options.max;
    this.#windowMs = options.windowMs;
    this.#windowStart = options.now;
  }

  countOpened(): void {
    this.#opened++;
  }

  /** Counts a reset; false when it is one too many. */
  countReset(): boolean {
    this.#resets++;
    return this.#resets <= this.#max || this.#resets * 2 < this.#opened;
  }

  /** Starts a new window when the old one is over. */
  sweep(now: number): void {
    if (now - this.#windowStart < this.#windowMs) return;
    this.#windowStart = now;
    this.#opened = 0;
    this.#resets = 0;
  }
}
