import type { Histogram } from "@paddlewheel/core";

/** A histogram as bare counts. */
export class HistogramRecorder implements Histogram {
  /** Upper bounds, rising. */
  readonly bounds: Float64Array;
  /** Observations per bucket, not cumulative; the last one is for values above every bound. */
  readonly counts: Float64Array;
  count = 0;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = Float64Array.from(bounds);
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let low = 0;
    let high = this.bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= (this.bounds[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    this.counts[low] = (this.counts[low] ?? 0) + 1;
    this.count++;
    this.sum += value;
  }
}
