import type { ConcurrencyLimiter } from "./concurrency-limiter.js";

/** So many calls at once, whatever they take. */
export class ConstantLimiter implements ConcurrencyLimiter {
  readonly kind = "constant";
  /** May be changed while calls are at work. */
  limit: number;
  readonly #subject: string;

  constructor(limit: number, subject: string) {
    this.limit = limit;
    this.#subject = subject;
  }

  refuse(inFlight: number): string | undefined {
    return inFlight > this.limit ? tooMany(inFlight, this.#subject, this.limit) : undefined;
  }

  release(): void {}
}

/** The words of all refusals for a number. */
export function tooMany(inFlight: number, subject: string, limit: number): string {
  return `${inFlight} ${subject} are at work, the limit of max_concurrency is ${limit}`;
}
