const maxSamples = 5;

/** Counts errors and keeps the first few different ones, however many come. */
export class ErrorTally {
  readonly #samples: Set<string> = new Set();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get samples(): readonly string[] {
    return [...this.#samples];
  }

  add(message: string): void {
    this.#count++;
    if (this.#samples.size < maxSamples) this.#samples.add(message);
  }
}
