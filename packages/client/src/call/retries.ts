import type { AttemptFailure } from "../transport/attempt-failure.js";
import { FailureStage } from "../transport/host-transport.js";
import type { CallObserver } from "./call-observer.js";
import type { RetryPolicy } from "./call-options.js";
import { isRetryable, planBackoff } from "./plan-retry.js";
import type { ShareBudget } from "./share-budget.js";

/** What the retries of all calls share. */
export interface RetrySource {
  readonly retry: RetryPolicy;
  readonly retryBudget: ShareBudget;
  readonly observer: CallObserver | undefined;
  readonly random: () => number;
}

export interface FailedCall {
  readonly isIdempotent: boolean;
  /** Hosts that were not tried yet. */
  readonly untriedCount: number;
  readonly now: number;
}

/** The retries of one call: whether there is to be another, and after what wait, in ms. It must not end after the call has to. */
export class Retries {
  readonly #source: RetrySource;
  readonly #endsAt: number;
  #count = 0;
  /** The retry that is waited for has no budget yet. */
  #isUnpaid = false;
  #waitMs = 0;

  constructor(source: RetrySource, endsAt: number) {
    this.#source = source;
    this.#endsAt = endsAt;
  }

  /** The wait before another attempt; undefined when there is to be none. */
  afterFailure(failure: AttemptFailure, { isIdempotent, untriedCount, now }: FailedCall): number | undefined {
    if (!isRetryable(failure, isIdempotent)) return undefined;
    const delayMs = this.#nextBackoff(failure.stage, untriedCount, now);
    // Who is asked in the place of a host that was not reached has no more work by it.
    if (delayMs === undefined || delayMs === 0) return this.#turn(delayMs);
    const { observer, retryBudget } = this.#source;
    this.#isUnpaid = !retryBudget.take();
    if (this.#isUnpaid) observer?.onBudgetSpent("retry");
    // A server that answered has too much to do; one that is gone may have taken more calls with it than there is budget for at once.
    const isRefused = this.#isUnpaid && failure.stage === FailureStage.answered;
    return isRefused ? undefined : this.#turn(delayMs);
  }

  /** The wait for a host that is well; it costs no host anything, and so no budget. */
  withoutHost(now: number): number | undefined {
    return this.#turn(this.#nextBackoff(FailureStage.unsent, 0, now));
  }

  /** After the wait: whether there is budget for the retry. */
  pay(): boolean {
    if (this.#isUnpaid) this.#isUnpaid = !this.#source.retryBudget.take();
    return !this.#isUnpaid;
  }

  /** The wait for budget, as long as a retry would wait at most. */
  withoutBudget(now: number): number | undefined {
    const delayMs = Math.max(2 * this.#waitMs, 1);
    if (delayMs > this.#source.retry.maxBackoffMs || now + delayMs >= this.#endsAt) return undefined;
    this.#waitMs = delayMs;
    return delayMs;
  }

  #nextBackoff(stage: FailureStage, untriedCount: number, now: number): number | undefined {
    const { random, retry } = this.#source;
    if (this.#count >= retry.maxRetries) return undefined;
    const delayMs = planBackoff({ retryCount: this.#count, stage, untriedCount, random: random() }, retry);
    return now + delayMs < this.#endsAt ? delayMs : undefined;
  }

  #turn(delayMs: number | undefined): number | undefined {
    if (delayMs === undefined) return undefined;
    this.#count++;
    this.#waitMs = delayMs;
    return delayMs;
  }
}
