import type { Clock, ServeError, Timer } from "@paddlewheel/core";
import { timedOut } from "../stopped-call.js";
import { type AttemptFailure, unanswered, unsent } from "./attempt-failure.js";
import type { Attempt, AttemptOutcome, OnAttemptEnd, OutgoingCall } from "./host-transport.js";

/** Who works on an attempt. */
export interface AttemptWorker {
  /** Nobody waits for the answer any more: it was abandoned, or missed its deadline. */
  onTakenBack(hasMissedDeadline: boolean): void;
}

export interface OpenAttemptOptions {
  readonly call: OutgoingCall;
  /** As errors name the server. */
  readonly address: string;
  readonly clock: Clock;
  readonly onEnd: OnAttemptEnd;
  readonly worker: AttemptWorker;
}

/** The part of an attempt that is the same for all protocols: it ends once, in time. */
export class OpenAttempt implements Attempt {
  readonly #options: OpenAttemptOptions;
  readonly #deadline: Timer;
  #isOver = false;

  constructor(options: OpenAttemptOptions) {
    this.#options = options;
    this.#deadline = options.clock.setTimer(() => this.#onDeadline(), options.call.timeoutMs);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Does nothing when it is over. */
  end(outcome: AttemptOutcome): void {
    if (this.#finish()) this.#options.onEnd(outcome);
  }

  /** As `end`, for whoever may be within `start`. */
  endSoon(outcome: AttemptFailure): void {
    queueMicrotask(() => this.end(outcome));
  }

  refuse(error: ServeError): void {
    this.endSoon(unsent(error));
  }

  abandon(): void {
    if (this.#finish()) this.#options.worker.onTakenBack(false);
  }

  #onDeadline(): void {
    if (!this.#finish()) return;
    const { address, call, onEnd, worker } = this.#options;
    worker.onTakenBack(true);
    onEnd(unanswered(timedOut(address, call.timeoutMs)));
  }

  /** False when it was over before. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#deadline.cancel();
    return true;
  }
}
