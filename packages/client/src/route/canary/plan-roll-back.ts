import type { CanaryConf } from "@paddlewheel/conf";
import { Code, type ServeError } from "@paddlewheel/core";

/** Calls that ended, and how many of them failed by the fault of those who were called, or took too long. */
export interface CallCounts {
  readonly calls: number;
  readonly failures: number;
}

/** What the canary and the other variants did within the window. */
export interface CanaryCounts {
  readonly canary: CallCounts;
  readonly stable: CallCounts;
}

/**
 * Whether the canary fails too many calls: so many more than the other variants that it must be its own doing. What fails them
 * all, a database that both ask say, is no reason to go back.
 */
export function isTooFaulty(
  { canary, stable }: CanaryCounts,
  { minCalls, maxErrorShare }: Pick<CanaryConf, "minCalls" | "maxErrorShare">,
): boolean {
  if (canary.calls < minCalls) return false;
  // Of a handful of calls one failure would excuse too much.
  const usualShare = stable.calls < minCalls ? 0 : stable.failures / stable.calls;
  return canary.failures / canary.calls > usualShare + maxErrorShare;
}

/** What callers ask for wrongly: any server would refuse it. */
const callersFaults: ReadonlySet<Code> = new Set([Code.invalidArgument, Code.messageTooLarge]);

/** How a call ended. */
export interface CallEnd {
  /** Undefined for an answer. */
  readonly error: ServeError | undefined;
  readonly latencyMs: number;
}

/**
 * Whether a call was failed by whoever was called; undefined when that cannot be told, as the caller left.
 * @param slowMs answers that take longer are as good as none; 0 for those that do not
 */
export function isFailure({ error, latencyMs }: CallEnd, slowMs: number): boolean | undefined {
  if (error?.code === Code.cancelled) return undefined;
  if (error) return !callersFaults.has(error.code);
  return slowMs > 0 && latencyMs > slowMs;
}

/**
 * Whether a call that the canary failed may be made again elsewhere: for what calls are tried at a second server for, too. Of
 * errors that it answered with these alone say that it did nothing.
 */
export function isRepeatable({ code }: ServeError): boolean {
  return code === Code.unavailable || code === Code.resourceExhausted;
}
