/**
 * What the end of a call says of the server: that it answered, that it failed, or nothing, where its caller was at fault
 * or nobody worked on it.
 */
export type CallOutcome = "ok" | "failed" | "neutral";

/** Decides how many calls may be at work at once; whoever asks it counts them. Times are in ms. */
export interface ConcurrencyLimiter {
  /** Names the strategy, in metrics. */
  readonly kind: "constant" | "auto" | "timeout";
  /** The most calls that may be at work now. */
  readonly limit: number;
  /**
   * Why one more call may not begin, for its caller; undefined when it may.
   * @param inFlight calls at work, this one among them
   * @param givenMs the time its caller gave it; undefined when the caller did not say
   */
  refuse(inFlight: number, givenMs: number | undefined): string | undefined;
  /** A call that was let in has ended at `now`, so long after its message had come. */
  release(outcome: CallOutcome, latencyMs: number, now: number): void;
}
