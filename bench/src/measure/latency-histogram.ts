/** Buckets per power of two; a bucket is at most 1/64 of its value wide, so a percentile is at most 1.6 % off. */
const bucketsPerOctave = 64;
/** Values below are kept exactly. */
const exactLimit = 2 * bucketsPerOctave;
/** 2^32 µs is over an hour, longer than any round. */
const maxMicros = 2 ** 32 - 1;
const bucketCount = bucketOf(maxMicros) + 1;

/**
 * Counts of latencies in whole microseconds, in buckets that widen with the value (the idea of HdrHistogram): recording
 * costs nanoseconds and no memory per request, so measuring does not slow what is measured.
 */
export class LatencyHistogram {
  readonly #counts: Uint32Array = new Uint32Array(bucketCount);
  #total = 0;

  get count(): number {
    return this.#total;
  }

  record(micros: number): void {
    const bucket = bucketOf(Math.min(Math.max(Math.round(micros), 0), maxMicros));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
  }

  /** Adds what another histogram counted. */
  merge(other: LatencyHistogram): void {
    for (const [bucket, count] of other.#counts.entries()) {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    }
    this.#total += other.#total;
  }

  /** The smallest value that `percent` of all records do not exceed, in microseconds; NaN when nothing was recorded. */
  percentile(percent: number): number {
    const wanted = Math.max(1, Math.ceil((this.#total * percent) / 100));
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= wanted) return upperBoundOf(bucket);
    }
    return Number.NaN;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** The counts as they can be sent to another thread. */
  toCounts(): Uint32Array {
    return this.#counts.slice();
  }

  static fromCounts(counts: Uint32Array): LatencyHistogram {
    const histogram = new LatencyHistogram();
    histogram.#counts.set(counts);
    for (const count of counts) histogram.#total += count;
    return histogram;
  }
}

function bucketOf(micros: number): number {
  if (micros < exactLimit) return micros;
  const shift = 31 - Math.clz32(micros) - Math.log2(bucketsPerOctave);
  return shift * bucketsPerOctave + (micros >>> shift);
}

function upperBoundOf(bucket: number): number {
  if (bucket < exactLimit) return bucket;
  const shift = Math.floor(bucket / bucketsPerOctave) - 1;
  const mantissa = bucket - shift * bucketsPerOctave;
  return (mantissa + 1) * 2 ** shift - 1;
}
