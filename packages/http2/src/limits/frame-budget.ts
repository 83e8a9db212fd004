/**
 * How many frames a peer may send that bring no work on. Each costs one, work done and time passed give some back, and
 * never more than `max` are saved: so a flood ends soon and the frames that go with honest work never do.
 */
export class FrameBudget {
  readonly #max: number;
  #left: number;

  constructor(max: number) {
    this.#max = max;
    this.#left = max;
  }

  /** Takes one; false when there was none. */
  spend(): boolean {
    return --this.#left >= 0;
  }

  earn(count: number): void {
    this.#left = Math.min(this.#left + count, this.#max);
  }
}
