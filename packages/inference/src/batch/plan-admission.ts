import { Code, ServeError } from "@paddlewheel/core";
import type { LineLoad } from "./plan-line-load.js";

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
  /** Whether requests run together, so that one run takes many. */
  readonly isBatched: boolean;
  readonly load: LineLoad;
  /** Until somebody stops waiting for the request. */
  readonly leftMs: number;
}

type WaitSnapshot = Pick<AdmissionSnapshot, "runMs" | "isBatched" | "load">;

/** Which limit refuses a request, and what it would have had to wait. */
export interface Refusal {
  readonly limit: "max_queue_size" | "max_queue_wait" | "queue_deadline";
  /** Until it would be answered. */
  readonly answerMs: number;
  /** Until somebody stops waiting for it, or the longest wait that is allowed now. */
  readonly allowedMs: number;
}

export const lineLimits = {
  /**
   * A burst may wait this long, in milliseconds: 64 callers who come at once to a model that takes 15 ms are answered,
   * and nobody who waits longer than a second for others is glad of it.
   */
  burstWaitMs: 1000,
  /** By so many runs, milliseconds or parts of itself, whatever is most, a line may grow after its first window. */
  growthRuns: 3,
  growthMs: 25,
  growthShare: 0.25,
  /**
   * Runs a request may find ahead under overload: with the rest of the run under way and its own, the answer takes at
   * most four times what a run takes. One full batch keeps a copy as busy as two, and halves the wait.
   */
  overloadRuns: 2,
  overloadBatches: 1,
  /** Milliseconds of wait that are allowed under overload at least: a turn of the event loop brings no less. */
  minOverloadWaitMs: 5,
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

/** What somebody is told who was let in and has waited too long. */
export function lateError(engine: string, waitedMs: number): ServeError {
  const message = `engine "${engine}": more comes than it can answer, and this request has waited ${Math.ceil(waitedMs)} ms`;
  return ServeError.refusal(Code.resourceExhausted, message);
}

/** What a refused caller is told. */
export function refusalError(
  engine: string,
  { limit, answerMs, allowedMs }: Refusal,
  { maxQueueSize }: Pick<LineLimits, "maxQueueSize">,
): ServeError {
  const say = (code: Code, problem: string) => ServeError.refusal(code, `engine "${engine}": ${problem}`);
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
 * The wait that is allowed now. A burst into a line that was empty is worked off, and so is what callers make who take
 * turns: such a line has a length of its own and keeps it. One that grows makes everybody late and helps nobody, so under
 * overload it is kept as short as the copies can be kept busy with.
 */
export function maxWaitMs(snapshot: WaitSnapshot, { maxQueueWaitMs }: LineLimits): number {
  if (maxQueueWaitMs > 0) return maxQueueWaitMs;
  const { runMs, isBatched, load } = snapshot;
  const { overloadRuns, overloadBatches, minOverloadWaitMs, burstWaitMs, growthRuns } = lineLimits;
  if (load.isOverloaded) {
    return Math.max((isBatched ? overloadBatches : overloadRuns) * runMs, minOverloadWaitMs);
  }
  const settledMs = load.settledRuns * runMs;
  const growthMs = Math.max(growthRuns * runMs, lineLimits.growthMs, lineLimits.growthShare * settledMs);
  return Math.min(settledMs + growthMs, Math.max(burstWaitMs, growthRuns * runMs));
}

/** Whether somebody who has waited this long under overload should make room for those who came later. */
export function isTooLate(waitedMs: number, snapshot: WaitSnapshot, limits: LineLimits): boolean {
  if (!snapshot.load.isOverloaded || limits.maxQueueWaitMs > 0) return false;
  // Besides those ahead there was a run under way.
  return waitedMs > maxWaitMs(snapshot, limits) + snapshot.runMs;
}
