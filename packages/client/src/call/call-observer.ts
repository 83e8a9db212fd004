import type { ServeError } from "@paddlewheel/core";

/** Why an attempt was made. */
export type AttemptKind = "first" | "retry" | "hedge";

export interface AttemptEvent {
  readonly host: string;
  readonly kind: AttemptKind;
  readonly latencyMs: number;
  /** Undefined for an answer, and for an attempt nobody waited for any more. */
  readonly error: ServeError | undefined;
  /** Another attempt was faster, or the caller gave up. */
  readonly isAbandoned: boolean;
}

export interface CallEvent {
  readonly latencyMs: number;
  /** Started, abandoned ones included; 0 when no host could be picked. */
  readonly attemptCount: number;
  /** What kind of attempt brought the answer; undefined when the call failed. */
  readonly answeredBy: AttemptKind | undefined;
  readonly error: ServeError | undefined;
}

/** Is told what becomes of calls, within them: it must be quick, and must not throw. */
export interface CallObserver {
  onCall(event: CallEvent): void;
  onAttempt(event: AttemptEvent): void;
  /** A retry or hedge that was due was not made, as its budget is used up. */
  onBudgetSpent(kind: "retry" | "hedge"): void;
}
