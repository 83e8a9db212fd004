/** Latencies that are looked at. */
const windowSize = 512;
/** The percentile is worked out again after so many new ones. */
const stride = 64;

/** The 95th percentile of the last latencies, in ms, whole: calls with the same wait share a timer. */
export class LatencyWindow {
  readonly #latencies = new Float64Array(windowSize);
  #count = 0;
  #p95: number | undefined;

  add(latencyMs: number): void {
    this.#latencies[this.#count++ % windowSize] = latencyMs;
    if (this.#count % stride === 0) this.#p95 = this.#measure();
  }

  /** Undefined while there are too few latencies to tell. */
  get p95(): number | undefined {
    return this.#p95;
  }

  #measure(): number {
    const size = Math.min(this.#count, windowSize);
    const sorted = this.#latencies.slice(0, size).sort();
    return Math.ceil(sorted[Math.floor(size * 0.95)] ?? 0);
  }
}
