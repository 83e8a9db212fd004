/** Weight of the newest run: a change of load shows after some ten runs, one slow run alone does not. */
const weight = 0.2;

/** Times the present estimate that one run may count: it may have met a pause of the whole process. */
const maxJump = 4;

/** How long a run takes at present: a moving average, of full batches when the line is long. */
export class RunEstimate {
  #runMs: number;

  /** `runMs`: what the warm-up measured, where it did. */
  constructor(runMs = 0) {
    this.#runMs = runMs;
  }

  get runMs(): number {
    return this.#runMs;
  }

  add(ms: number): void {
    if (this.#runMs === 0) this.#runMs = ms;
    else this.#runMs += weight * (Math.min(ms, maxJump * this.#runMs) - this.#runMs);
  }
}
