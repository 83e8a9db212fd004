/** Attempts that count. Source: brpc's la. */
const capacity = 128;

/**
 * Attempts older than this do not count, in milliseconds. brpc has no such limit: a server that was slow, and for that
 * reason gets few calls, would look slow until 128 of them have come.
 */
const maxAgeMs = 3000;

/** As long as there are few attempts they count as those of at least this time, in milliseconds. Source: brpc. */
const minSpanMs = 1000;

/** The latest attempts at one server. */
export class LatencySamples {
  readonly #ends = new Float64Array(capacity);
  readonly #latencies = new Float64Array(capacity);
  #oldest = 0;
  #count = 0;
  #latencySum = 0;

  add(now: number, latencyMs: number): void {
    while (this.#count === capacity || (this.#count > 1 && now - this.#oldestEnd > maxAgeMs))
      this.#dropOldest();
    const slot = (this.#oldest + this.#count) % capacity;
    this.#ends[slot] = now;
    this.#latencies[slot] = latencyMs;
    this.#latencySum += latencyMs;
    this.#count++;
  }

  /** 0 without a sample. */
  get averageMs(): number {
    return this.#count === 0 ? 0 : this.#latencySum / this.#count;
  }

  /** Attempts a second, at least 1. */
  perSecond(now: number): number {
    const spanMs = now - this.#oldestEnd;
    const isFull = this.#count === capacity && spanMs > 0;
    return Math.max(1, (this.#count * 1000) / (isFull ? spanMs : Math.max(spanMs, minSpanMs)));
  }

  get #oldestEnd(): number {
    return this.#ends[this.#oldest] ?? 0;
  }

  #dropOldest(): void {
    this.#latencySum -= this.#latencies[this.#oldest] ?? 0;
    this.#oldest = (this.#oldest + 1) % capacity;
    this.#count--;
  }
}
