import { Code, ServeError } from "@paddlewheel/core";

/** How long a line may be. */
export interface LineLimits {
  /** Requests that may wait, `max_queue_size`. */
  readonly maxQueueSize: number;
  /** Milliseconds a request may have to wait, `max_queue_wait_ms`; 0 lets the line decide, see `maxWaitMs`. */
  readonly maxQueueWaitMs: number;
}

/** The line as a request finds it that cannot start at once. */
export interface AdmissionSnapshot {
  readonly waiting: number;
  /** Runs that the requests ahead will take, per copy of the model. */
  readonly runsAhead: number;
  /** What a run takes. */
  readonly runMs: number;
  /** Since the line was empty last. */
  readonly standingMs: number;
  /** Until somebody stops waiting for the request. */
  readonly leftMs: number;
}

/** Which limit refuses a request, and what it would have had to wait. */
export interface Refusal {
  readonly limit: "max_queue_size" | "max_queue_wait" | "queue_deadline";
  /** Until it would be answered. */
  readonly answerMs: number;
  /** Until somebody stops waiting for it, or the longest wait that is allowed now. */
  readonly allowedMs: number;
}

export const lineLimits = {
  /** A burst may wait this long, in milliseconds: longer than most callers want to. */
  burstWaitMs: 500,
  /** A line that has not been empty for this long, in milliseconds, is no burst: more comes in than goes out. */
  standingMs: 100,
  /** Runs a request may wait for in such a line: with its own, the answer takes at most four times what a run takes. */
  standingRuns: 3,
  /** Wait in milliseconds that such a line may have at least: hundreds of callers of a tiny model wait no longer. */
  minStandingWaitMs: 25,
} as const;

/**
 * Decides whether a request may join the line; undefined when it may. It may not when it would be answered after its
 * deadline: who is told now can ask somebody else.
 */
export function planAdmission(snapshot: AdmissionSnapshot, limits: LineLimits): Refusal | undefined {
  const { waiting, runsAhead, runMs, leftMs } = snapshot;
  const waitMs = runsAhead * runMs;
  const answerMs = waitMs + runMs;
  if (waiting >= limits.maxQueueSize) return { limit: "max_queue_size", answerMs, allowedMs: leftMs };
  if (answerMs > leftMs) return { limit: "queue_deadline", answerMs, allowedMs: leftMs };
  const allowedMs = maxWaitMs(snapshot, limits);
  return waitMs > allowedMs ? { limit: "max_queue_wait", answerMs, allowedMs } : undefined;
}

/** What a refused caller is told. */
export function refusalError(
  engine: string,
  { limit, answerMs, allowedMs }: Refusal,
  { maxQueueSize }: Pick<LineLimits, "maxQueueSize">,
): ServeError {
  const say = (code: Code, problem: string) => new ServeError(code, `engine "${engine}": ${problem}`);
  if (limit === "max_queue_size") {
    return say(Code.resourceExhausted, `${maxQueueSize} runs are waiting, the limit of max_queue_size`);
  }
  const answer = `the answer would come in about ${Math.ceil(answerMs)} ms`;
  if (limit === "queue_deadline") {
    return say(Code.deadlineExceeded, `${answer}, after the deadline in ${Math.floor(allowedMs)} ms`);
  }
  const allowed = `max_queue_wait_ms allows a wait of ${Math.floor(allowedMs)} ms now`;
  return say(Code.resourceExhausted, `${answer}; ${allowed}`);
}

/**
 * The wait that is allowed now. A line that was empty a moment ago holds a burst, which the model works off; one that
 * stays only makes everybody late, so it is kept as short as the model can be kept busy with.
 * Source: controlled delay (CoDel), as Facebook applies it to request queues.
 */
function maxWaitMs({ standingMs, runMs }: AdmissionSnapshot, { maxQueueWaitMs }: LineLimits): number {
  if (maxQueueWaitMs > 0) return maxQueueWaitMs;
  const { burstWaitMs, standingRuns, minStandingWaitMs } = lineLimits;
  if (standingMs < lineLimits.standingMs) return burstWaitMs;
  return Math.max(standingRuns * runMs, minStandingWaitMs);
}
