/** Bits of a value that its bucket keeps, below the leading one: 32 buckets per power of two. */
const keptBits = 5;
/** Values below this have a bucket each. */
const exactBelow = 2 ** (keptBits + 1);
/** Largest value told apart, in microseconds: 71 minutes. Longer ones count as this. */
const largestUs = 2 ** 32 - 1;
const bucketCount = bucketOf(largestUs) + 1;

/**
 * Latencies as counts per bucket, in fixed memory: values below 64 µs are exact, larger ones within 1.6 %. Buckets grow
 * with the value, as in HdrHistogram.
 */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(bucketCount);

  /** How many latencies there are. */
  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Counts one latency of a whole number of microseconds. */
  add(us: number): void {
    const bucket = bucketOf(Math.min(us, largestUs));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  addAll(other: LatencyHistogram): void {
    for (const [bucket, count] of other.#counts.entries()) {
      if (count > 0) this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    }
  }

  /** How many latencies were at most so long, in microseconds; those of the bucket that `us` lies in count all or not at all. */
  countUpTo(us: number): number {
    const end = this.#counts.findIndex((_, bucket) => middleOf(bucket) > us);
    return this.#counts.subarray(0, end === -1 ? undefined : end).reduce((sum, count) => sum + count, 0);
  }

  clear(): void {
    this.#counts.fill(0);
  }

  /** The latency that a `ratio` of all do not exceed, in microseconds; 0 when there are none. */
  percentile(ratio: number): number {
    const rank = Math.max(1, Math.ceil(ratio * this.count));
    let seen = 0;
    const bucket = this.#counts.findIndex((count) => {
      seen += count;
      return seen >= rank;
    });
    return bucket === -1 ? 0 : middleOf(bucket);
  }
}

function bucketOf(us: number): number {
  if (us < exactBelow) return us;
  const shift = 31 - Math.clz32(us) - keptBits;
  return (shift << keptBits) + (us >>> shift);
}

/** The value that stands for those of a bucket. */
function middleOf(bucket: number): number {
  if (bucket < exactBelow) return bucket;
  const shift = (bucket >>> keptBits) - 1;
  const lowest = (bucket - (shift << keptBits)) * 2 ** shift;
  return Math.floor(lowest + (2 ** shift - 1) / 2);
}
