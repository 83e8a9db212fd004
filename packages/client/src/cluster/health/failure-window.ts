const bucketCount = 10;

/** How many calls of the last `windowMs` there were, and how many failed; forgets by tenths of the window. */
export class FailureWindow {
  readonly #bucketMs: number;
  readonly #calls = new Uint32Array(bucketCount);
  readonly #failures = new Uint32Array(bucketCount);
  #latest = 0;
  calls = 0;
  failures = 0;

  constructor(windowMs: number) {
    this.#bucketMs = windowMs / bucketCount;
  }

  add(now: number, isFailure: boolean): void {
    this.forgetOld(now);
    const slot = this.#latest % bucketCount;
    this.#calls[slot] = (this.#calls[slot] ?? 0) + 1;
    this.calls++;
    if (!isFailure) return;
    this.#failures[slot] = (this.#failures[slot] ?? 0) + 1;
    this.failures++;
  }

  /** Leaves out what has become older than the window. */
  forgetOld(now: number): void {
    const bucket = Math.floor(now / this.#bucketMs);
    const first = Math.max(this.#latest + 1, bucket - bucketCount + 1);
    for (let empty = first; empty <= bucket; empty++) this.#clear(empty % bucketCount);
    this.#latest = Math.max(this.#latest, bucket);
  }

  clear(): void {
    for (let slot = 0; slot < bucketCount; slot++) this.#clear(slot);
  }

  #clear(slot: number): void {
    this.calls -= this.#calls[slot] ?? 0;
    this.failures -= this.#failures[slot] ?? 0;
    this.#calls[slot] = 0;
    this.#failures[slot] = 0;
  }
}
