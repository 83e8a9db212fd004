import { Code, codeName, ServeError } from "@paddlewheel/core/message";

/** The error of a call whose time was up. */
export function timedOut(peer: string, timeoutMs: number): ServeError {
  return new ServeError(Code.deadlineExceeded, `${peer} did not answer within ${Math.round(timeoutMs)} ms`);
}

/** The error of a call whose signal was aborted; one that aborted because its time was up says so. */
export function aborted(signal: AbortSignal): ServeError {
  const cause: unknown = signal.reason;
  const isTimeout = cause instanceof DOMException && cause.name === "TimeoutError";
  if (isTimeout)
    return new ServeError(Code.deadlineExceeded, "the time of the call's signal is up", { cause });
  return new ServeError(Code.cancelled, "the caller cancelled the call", { cause });
}

/** The code a server sent as text in `x-bd-error-code`; undefined when that is none we know. */
export function parseErrorCode(text: string | null | undefined): Code | undefined {
  const number = text ? Number(text) : Number.NaN;
  return number !== Code.ok && codeName(number) ? (number as Code) : undefined;
}
