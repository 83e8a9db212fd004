import { createDeferred } from "@paddlewheel/core/testing";
import {
  type Attempt,
  type AttemptOutcome,
  CompressType,
  type HostTransport,
  type IncomingAnswer,
  type OutgoingCall,
} from "../transport/host-transport.js";

/** A call of some echo service; its message is "ping". */
export function outgoingCall(given: Partial<OutgoingCall> = {}): OutgoingCall {
  return {
    service: "test.Echo",
    method: "echo",
    message: Buffer.from("ping"),
    compressType: CompressType.none,
    timeoutMs: 10_000,
    logId: 0n,
    ...given,
  };
}

/** An attempt whose one end can be waited for. */
export interface StartedAttempt extends Attempt {
  readonly outcome: Promise<AttemptOutcome>;
}

/** Starts an attempt; fails when it ends within `start`, or twice. */
export function startAttempt(transport: HostTransport, given: Partial<OutgoingCall> = {}): StartedAttempt {
  const { promise, resolve } = createDeferred<AttemptOutcome>();
  let isStarted = false;
  let endCount = 0;
  const attempt = transport.start(outgoingCall(given), (outcome) => {
    if (!isStarted || ++endCount > 1) throw new Error("an attempt must end once, and not within its start");
    resolve(outcome);
  });
  isStarted = true;
  return { outcome: promise, abandon: () => attempt.abandon() };
}

/** The answer of an attempt that must succeed. */
export async function answerOf(attempt: StartedAttempt): Promise<IncomingAnswer> {
  const outcome = await attempt.outcome;
  if ("answer" in outcome) return outcome.answer;
  throw outcome.error;
}

/** How an attempt failed that must fail: stage, code and message. */
export async function failureOf(
  attempt: StartedAttempt,
): Promise<{ stage: string; code: number; message: string }> {
  const outcome = await attempt.outcome;
  if ("answer" in outcome) throw new Error("it was answered");
  const { stage, error } = outcome;
  return { stage, code: error.code, message: error.message };
}
