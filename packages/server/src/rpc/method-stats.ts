import { LatencyHistogram } from "@paddlewheel/core";

/** Seconds that "recent" means, as in brpc. */
const windowSeconds = 10;

/** What a method did; times in microseconds. Recent is the last 10 s. */
export interface MethodSnapshot {
  /** Calls answered without an error since the start, and the sum of their latencies. */
  readonly count: number;
  readonly sumUs: number;
  /** Calls that ended with an error since the start; refused ones are among them. */
  readonly errors: number;
  /** Calls at work now. */
  readonly concurrency: number;
  /** Recent calls without and with an error, per second. */
  readonly qps: number;
  readonly eps: number;
  /** Of the recent calls without an error; 0 when there are none. */
  readonly averageUs: number;
  readonly maxUs: number;
  readonly latencies: LatencyHistogram;
}

/** One second of a method's life; its number counts seconds on the clock's scale. */
interface Second {
  number: number;
  count: number;
  errors: number;
  sumUs: number;
  maxUs: number;
  readonly latencies: LatencyHistogram;
}

/**
 * What one method does, whatever the protocol: totals, and the last 10 s second by second, in fixed memory (4 KB for each
 * of them, once there is a call in it). It has no timer and reads no clock: who records or looks brings the time, in
 * milliseconds.
 */
export class MethodStats {
  readonly #startedAt: number;
  /** At most `windowSeconds`; one that has left the window is used again. */
  readonly #seconds: Second[] = [];
  #current: Second | undefined;
  #count = 0;
  #sumUs = 0;
  #errors = 0;
  #concurrency = 0;

  /** @param now when the method began to be hosted. */
  constructor(now: number) {
    this.#startedAt = now;
  }

  /** Calls at work. */
  get concurrency(): number {
    return this.#concurrency;
  }

  begin(): void {
    this.#concurrency++;
  }

  /** A call that began is over, after `elapsedMs`. */
  end(now: number, elapsedMs: number, isFailed: boolean): void {
    this.#concurrency--;
    const second = this.#secondAt(now);
    if (isFailed) {
      this.#errors++;
      second.errors++;
      return;
    }
    const us = Math.round(elapsedMs * 1000);
    this.#count++;
    this.#sumUs += us;
    second.count++;
    second.sumUs += us;
    second.maxUs = Math.max(second.maxUs, us);
    second.latencies.add(us);
  }

  /** Average latency of the recent calls without an error, in microseconds; 0 when there are none. */
  averageUs(now: number): number {
    let count = 0;
    let sumUs = 0;
    for (const second of this.#seconds) {
      if (!isRecent(second, now)) continue;
      count += second.count;
      sumUs += second.sumUs;
    }
    return count === 0 ? 0 : sumUs / count;
  }

  snapshot(now: number): MethodSnapshot {
    const recent = this.#seconds.filter((second) => isRecent(second, now));
    const latencies = new LatencyHistogram();
    for (const second of recent) latencies.addAll(second.latencies);
    const perSecond = 1 / this.#windowLength(now);
    return {
      count: this.#count,
      sumUs: this.#sumUs,
      errors: this.#errors,
      concurrency: this.#concurrency,
      qps: recent.reduce((sum, { count }) => sum + count, 0) * perSecond,
      eps: recent.reduce((sum, { errors }) => sum + errors, 0) * perSecond,
      averageUs: this.averageUs(now),
      maxUs: Math.max(0, ...recent.map(({ maxUs }) => maxUs)),
      latencies,
    };
  }

  /** Seconds that the recent ones cover: less than all of them for a young method, the current one in part. */
  #windowLength(now: number): number {
    const begin = Math.max((numberOf(now) - windowSeconds + 1) * 1000, this.#startedAt);
    return Math.max(now - begin, 1000) / 1000;
  }

  #secondAt(now: number): Second {
    const number = numberOf(now);
    const current = this.#current;
    if (current && number <= current.number) return current;
    this.#current = this.#open(number);
    return this.#current;
  }

  #open(number: number): Second {
    const left = this.#seconds.find((second) => second.number <= number - windowSeconds);
    if (left) {
      left.latencies.clear();
      return Object.assign(left, { number, count: 0, errors: 0, sumUs: 0, maxUs: 0 });
    }
    const second = { number, count: 0, errors: 0, sumUs: 0, maxUs: 0, latencies: new LatencyHistogram() };
    this.#seconds.push(second);
    return second;
  }
}

function numberOf(now: number): number {
  return Math.floor(now / 1000);
}

function isRecent({ number }: Second, now: number): boolean {
  return number > numberOf(now) - windowSeconds;
}
