import { ConnectionError } from "../frame/connection-error.js";
import { ErrorCode, errorCodeName } from "../frame/error-code.js";
import type { StreamReset } from "./client-request.js";

/** Its own end, asked for or because nobody needs it. */
export const clientClosed: StreamReset = {
  by: "close",
  code: ErrorCode.cancel,
  reason: "the client was closed",
  isUnprocessed: false,
};

export const idsUsedUp: StreamReset = {
  by: "connection",
  code: ErrorCode.noError,
  reason: "its stream ids are used up",
  isUnprocessed: false,
};

export function serverReset(code: number): StreamReset {
  const reason = `the server reset the stream: ${errorCodeName(code)}`;
  return { by: "server", code, reason, isUnprocessed: code === ErrorCode.refusedStream };
}

export function serverLeft(code: number): StreamReset {
  const reason = `the server is going away: ${errorCodeName(code)}`;
  return { by: "connection", code, reason, isUnprocessed: false };
}

export function connectionLost(reason: string, code: number = ErrorCode.cancel): StreamReset {
  return { by: "connection", code, reason, isUnprocessed: false };
}

/** A host with several addresses fails with one error for each of them. */
export function socketFailed(cause: Error): StreamReset {
  const errors = cause instanceof AggregateError ? (cause.errors as readonly Error[]) : [cause];
  const reason = errors.map(({ message }) => message).join(", ");
  return { ...connectionLost(reason), cause };
}

/** What `error` ends the connection for; something that is no rule broken by the server was thrown by a receiver. */
export function connectionFailed(error: unknown, isSettled: boolean): StreamReset {
  if (!(error instanceof ConnectionError)) {
    return connectionLost("a receiver of an answer failed", ErrorCode.internalError);
  }
  const { message, code } = error;
  return connectionLost(isSettled ? message : `it does not speak HTTP/2: ${message}`, code);
}

export function queueFull(count: number): StreamReset {
  const reason = `${count} requests wait for it already`;
  return { by: "queue", code: ErrorCode.refusedStream, reason, isUnprocessed: true };
}

export function unsendable(cause: unknown): StreamReset {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { by: "request", code: ErrorCode.internalError, reason, isUnprocessed: true, cause };
}
