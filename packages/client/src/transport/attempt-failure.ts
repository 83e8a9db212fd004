import { Code, ServeError } from "@paddlewheel/core";
import { type AttemptOutcome, FailureStage } from "./host-transport.js";

/** The end of an attempt that brought no answer. */
export type AttemptFailure = Extract<AttemptOutcome, { readonly error: ServeError }>;

/** Nothing of the call reached the server. */
export function unsent(error: ServeError): AttemptFailure {
  return { error, stage: FailureStage.unsent };
}

/** The server may have worked on the call. */
export function unanswered(error: ServeError): AttemptFailure {
  return { error, stage: FailureStage.unanswered };
}

/**
 * The server answered with an error. Of one that is leaving it is certain that it did nothing.
 * @param isOwnCode the code is what the server said, and not taken from the class of an HTTP or gRPC status
 */
export function answered(error: ServeError, isOwnCode: boolean): AttemptFailure {
  const isLeaving = isOwnCode && error.code === Code.unavailable;
  return { error, stage: isLeaving ? FailureStage.unsent : FailureStage.answered };
}

/** There is no connection to the server, or none any more. A host with several addresses fails with one error for each. */
export function cannotCall(address: string, cause: unknown): ServeError {
  const errors: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  const reason = errors.map((error) => (error instanceof Error ? error.message : String(error))).join(", ");
  return new ServeError(Code.unavailable, `cannot call ${address}: ${reason}`, { cause });
}

/** No connection in time, as a socket's error: its code tells whoever looks after the host. */
export function connectTimeout(timeoutMs: number): Error {
  return Object.assign(new Error(`no connection within ${timeoutMs} ms`), { code: "ETIMEDOUT" });
}

export function closedTransport(): ServeError {
  return new ServeError(Code.cancelled, "the client was closed");
}

export function limitReached(address: string, reason: string): ServeError {
  return new ServeError(Code.resourceExhausted, `cannot call ${address}: ${reason}`);
}
