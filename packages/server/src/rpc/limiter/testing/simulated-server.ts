import type { ConcurrencyLimiter } from "../concurrency-limiter.js";

export interface SimulatedLoad {
  /** Calls it works on at once; further ones wait. */
  readonly workers: number;
  /** What one call takes, in ms; each a tenth more or less. */
  readonly serviceMs: number;
  /** Calls that come, as a multiple of those it can answer. */
  readonly load: number;
  readonly durationMs: number;
}

/** What became of the calls of one stretch of time. */
export interface SimulatedOutcome {
  readonly answered: number;
  readonly refused: number;
  /** Answered, as a part of what the server could have answered. */
  readonly goodput: number;
  readonly meanLatencyMs: number;
}

/** A server of some workers with one line before them, in simulated time; its limiter decides who stands in the line. */
export class SimulatedServer {
  readonly #limiter: ConcurrencyLimiter;
  readonly #random: () => number;
  /** When those at work end, and when they came; by their end. */
  readonly #atWork: { readonly endsAt: number; readonly cameAt: number }[] = [];
  #freeAt: number[] = [];
  #now = 0;

  constructor(limiter: ConcurrencyLimiter, random: () => number) {
    this.#limiter = limiter;
    this.#random = random;
  }

  run({ workers, serviceMs, load, durationMs }: SimulatedLoad): SimulatedOutcome {
    const end = this.#now + durationMs;
    this.#freeAt = Array.from({ length: workers }, (_, at) => this.#freeAt[at] ?? this.#now);
    const latencies: number[] = [];
    let refused = 0;
    while (this.#now < end) {
      // Callers who know nothing of each other.
      this.#now -= (Math.log(1 - this.#random()) * serviceMs) / (workers * load);
      latencies.push(...this.#endCalls());
      if (this.#limiter.refuse(this.#atWork.length + 1, undefined) !== undefined) refused++;
      else this.#begin(serviceMs * (0.9 + 0.2 * this.#random()));
    }
    return {
      answered: latencies.length,
      refused,
      goodput: (latencies.length * serviceMs) / (workers * durationMs),
      meanLatencyMs: latencies.reduce((sum, ms) => sum + ms, 0) / latencies.length,
    };
  }

  #begin(takesMs: number): void {
    const freeAt = this.#freeAt;
    const worker = freeAt.indexOf(Math.min(...freeAt));
    const endsAt = Math.max(freeAt[worker] ?? 0, this.#now) + takesMs;
    freeAt[worker] = endsAt;
    const place = this.#atWork.findLastIndex((other) => other.endsAt <= endsAt) + 1;
    this.#atWork.splice(place, 0, { endsAt, cameAt: this.#now });
  }

  #endCalls(): number[] {
    const ended: number[] = [];
    for (let first = this.#atWork[0]; first && first.endsAt <= this.#now; first = this.#atWork[0]) {
      this.#atWork.shift();
      const latencyMs = first.endsAt - first.cameAt;
      ended.push(latencyMs);
      this.#limiter.release("ok", latencyMs, first.endsAt);
    }
    return ended;
  }
}
