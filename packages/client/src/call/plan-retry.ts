import { Code } from "@paddlewheel/core";
import type { AttemptFailure } from "../transport/attempt-failure.js";
import { FailureStage } from "../transport/host-transport.js";
import type { RetryPolicy } from "./call-options.js";

/** What the call asks for, or its own end: another host would say the same. */
const finalCodes: ReadonlySet<Code> = new Set([
  Code.invalidArgument,
  Code.messageTooLarge,
  Code.malformedRequest,
  Code.deadlineExceeded,
  Code.cancelled,
]);

/**
 * Whether a failed attempt may be repeated: always when nothing had reached the server; after a broken connection when the
 * call may run twice; of errors that a server answered with, only those that say that it did nothing. Never what was too
 * late: its time is over. Source: brpc's retry_policy.cpp.
 */
export function isRetryable({ error, stage }: AttemptFailure, isIdempotent: boolean): boolean {
  const { code } = error;
  if (finalCodes.has(code)) return false;
  switch (stage) {
    case FailureStage.unsent:
      return true;
    case FailureStage.unanswered:
      return isIdempotent && code === Code.unavailable;
    case FailureStage.answered:
      return code === Code.unavailable || code === Code.resourceExhausted;
  }
}

export interface BackoffSnapshot {
  /** Retries made before this one. */
  readonly retryCount: number;
  readonly stage: FailureStage;
  /** Hosts that were not tried yet. */
  readonly untriedCount: number;
  /** 0 to below 1. */
  readonly random: number;
}

/** How long to wait before a retry, in ms: not at all when nobody was reached and there is somebody else. */
export function planBackoff(snapshot: BackoffSnapshot, policy: RetryPolicy): number {
  const { retryCount, stage, untriedCount, random } = snapshot;
  if (stage === FailureStage.unsent && untriedCount > 0) return 0;
  const { minBackoffMs, maxBackoffMs } = policy;
  return Math.min(minBackoffMs * 2 ** retryCount, maxBackoffMs) * (0.8 + 0.4 * random);
}
