import { codeName, LatencyHistogram, type ServeError } from "@paddlewheel/core";

/** What became of one call. */
export interface EndedCall {
  readonly latencyMs: number;
  /** Whether it ended within the time that is measured. */
  readonly isInTime: boolean;
  /** Undefined for an answer. */
  readonly error: ServeError | undefined;
}

/** What became of the calls of a run, in fixed memory. */
export class CallTally {
  /** Of answers, in microseconds. */
  readonly latencies: LatencyHistogram = new LatencyHistogram();
  readonly #errors = new Map<string, number>();
  #answers = 0;
  #answersInTime = 0;
  #sumMs = 0;
  #maxMs = 0;
  #firstError: ServeError | undefined;

  add({ latencyMs, isInTime, error }: EndedCall): void {
    if (error) {
      const code = codeName(error.code) ?? String(error.code);
      this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
      this.#firstError ??= error;
      return;
    }
    this.#answers++;
    if (isInTime) this.#answersInTime++;
    this.latencies.add(Math.round(latencyMs * 1000));
    this.#sumMs += latencyMs;
    this.#maxMs = Math.max(this.#maxMs, latencyMs);
  }

  get answers(): number {
    return this.#answers;
  }

  /** Without those that came after the time, as their number says nothing of throughput. */
  get answersInTime(): number {
    return this.#answersInTime;
  }

  /** What a `ratio` of the answers did not take longer than, in ms; 0 when there are none. */
  percentileMs(ratio: number): number {
    return Math.min(this.latencies.percentile(ratio) / 1000, this.#maxMs);
  }

  get meanMs(): number {
    return this.#answers === 0 ? 0 : this.#sumMs / this.#answers;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  /** By the name of the code, in the order they came up first. */
  get errors(): ReadonlyMap<string, number> {
    return this.#errors;
  }

  get errorCount(): number {
    return [...this.#errors.values()].reduce((sum, count) => sum + count, 0);
  }

  get firstError(): ServeError | undefined {
    return this.#firstError;
  }
}
