import { Code, ServeError } from "@paddlewheel/core";

/**
 * When a server that answers, but badly, is left out for a while. This is also the circuit breaker: brpc's two moving
 * averages watch the same calls for the same purpose with other hold times, and two judges of one server would undo
 * each other's sentence. Its short window is about `{ failureShare: 0.1, minCalls: 150 }`.
 */
export interface EjectionPolicy {
  /** Failures in a row; default 5. */
  readonly consecutiveFailures: number;
  /** Share of the calls of a window that failed, above 0 to 1; default 0.5. */
  readonly failureShare: number;
  /** Calls of a window below which the share says nothing; default 20. */
  readonly minCalls: number;
  /** Length of the window in milliseconds; default 10000. */
  readonly windowMs: number;
  /** Length of the first ejection in milliseconds, the n-th takes n times as long; default 30000. */
  readonly baseMs: number;
  /** Longest ejection in milliseconds, and the time without one after which counting begins anew; default 300000. */
  readonly maxMs: number;
  /** Share of the servers that may be out, for whatever reason, when one more is ejected; default 0.5, so that two servers protect each other. */
  readonly maxEjectedShare: number;
}

export const defaultEjectionPolicy: EjectionPolicy = {
  consecutiveFailures: 5,
  failureShare: 0.5,
  minCalls: 20,
  windowMs: 10_000,
  baseMs: 30_000,
  maxMs: 300_000,
  maxEjectedShare: 0.5,
};

/** @throws ServeError invalidArgument that names the field. */
export function checkEjectionPolicy(policy: EjectionPolicy): void {
  for (const [field, value] of Object.entries(policy)) {
    const isShare = field.endsWith("Share");
    const isRight = isShare ? value > 0 && value <= 1 : Number.isFinite(value) && value >= 1;
    const expected = isShare ? "a number above 0, up to 1" : "a number from 1";
    if (!isRight)
      throw new ServeError(Code.invalidArgument, `ejection.${field} is ${value}, expected ${expected}`);
  }
}

/** What is known of a server when one of its calls has failed. */
export interface FailureRecord {
  /** It came back, and has not answered a call since. */
  readonly isOnTrial: boolean;
  readonly consecutiveFailures: number;
  /** Of the window. */
  readonly calls: number;
  readonly failures: number;
}

/** How many servers there are, and how many of them are out. */
export interface ClusterCount {
  readonly hosts: number;
  readonly out: number;
}

/** Why a server is to be ejected now; undefined when it may stay. */
export function planEjection(
  record: FailureRecord,
  count: ClusterCount,
  policy: EjectionPolicy,
): string | undefined {
  if (!mayLeaveOut(count, policy)) return undefined;
  const { isOnTrial, consecutiveFailures, calls, failures } = record;
  if (isOnTrial) return "its first call since it came back failed";
  if (consecutiveFailures >= policy.consecutiveFailures) return `${consecutiveFailures} failures in a row`;
  const isMostlyFailing = calls >= policy.minCalls && failures >= calls * policy.failureShare;
  return isMostlyFailing ? `${failures} of ${calls} calls failed in ${policy.windowMs / 1000} s` : undefined;
}

/** Whether enough servers stay when one more is left out that might do. */
export function mayLeaveOut({ hosts, out }: ClusterCount, { maxEjectedShare }: EjectionPolicy): boolean {
  return out + 1 <= hosts * maxEjectedShare;
}

/** Length of the n-th ejection, n from 1, in milliseconds. */
export function ejectionMs(nth: number, { baseMs, maxMs }: EjectionPolicy): number {
  return Math.min(baseMs * nth, maxMs);
}
