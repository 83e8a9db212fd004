import { Code, ServeError } from "@paddlewheel/core";
import type { HeaderField, StreamReset } from "@paddlewheel/http2";
import {
  decodeStatusDetails,
  decodeStatusMessage,
  GrpcStatus,
  parseGrpcStatus,
  statusDetailsHeader,
} from "@paddlewheel/wire";
import { parseErrorCode, timedOut } from "../stopped-call.js";
import { codeOfHttpStatus, codeOfReset, codeOfStatus } from "./status.js";

/** The call that failed, as its errors speak of it. */
export interface FailedCall {
  readonly endpoint: string;
  readonly timeoutMs: number;
}

/** What a server says in `grpc-status` and the fields beside it; undefined when that is OK. */
export function statusFailure(
  call: FailedCall,
  statusText: string,
  fields: readonly HeaderField[],
): ServeError | undefined {
  const status = parseGrpcStatus(statusText);
  if (status === GrpcStatus.ok) return undefined;
  const message = decodeStatusMessage(fieldOf(fields, "grpc-message") ?? "");
  const sent = decodeStatusDetails(fieldOf(fields, statusDetailsHeader) ?? "");
  const details = sent?.details ?? {};
  // A server of ours: its own words, for the caller.
  const code = parseErrorCode(fieldOf(fields, "x-bd-error-code")) ?? sent?.code;
  if (code !== undefined) return new ServeError(code, message, { details });
  if (status === GrpcStatus.deadlineExceeded) return timedOut(call.endpoint, call.timeoutMs);
  return new ServeError(codeOfStatus[status], `${call.endpoint}: ${message}`, { details });
}

/** An answer that is not gRPC's, from a gateway or another program. */
export function foreignAnswer({ endpoint }: FailedCall, head: readonly HeaderField[]): ServeError {
  const httpStatus = fieldOf(head, ":status") ?? "";
  if (httpStatus !== "200") {
    return new ServeError(
      codeOfHttpStatus(httpStatus),
      `${endpoint} answered with HTTP status ${httpStatus}`,
    );
  }
  return new ServeError(Code.internal, `${endpoint} answered with something else than gRPC`);
}

/** A call whose stream ended before the answer was there. */
export function resetFailure({ endpoint }: FailedCall, reset: StreamReset): ServeError {
  const { by, reason, cause } = reset;
  switch (by) {
    case "server":
    case "fault":
      return new ServeError(codeOfReset(reset.code), `${endpoint}: ${reason}`);
    case "connection":
      return new ServeError(Code.unavailable, `cannot call ${endpoint}: ${reason}`, { cause });
    case "queue":
      return new ServeError(Code.resourceExhausted, `cannot call ${endpoint}: ${reason}`);
    case "request":
      return new ServeError(Code.invalidArgument, `cannot call ${endpoint}: ${reason}`, { cause });
    case "close":
      return new ServeError(Code.cancelled, reason);
  }
}

/** The value of the first field of that name. */
export function fieldOf(fields: readonly HeaderField[], wanted: string): string | undefined {
  for (const { name, value } of fields) if (name === wanted) return value;
  return undefined;
}
