import { Code, ServeError } from "@paddlewheel/core";
import type { HeaderField, StreamReset } from "@paddlewheel/http2";
import {
  decodeStatusDetails,
  decodeStatusMessage,
  GrpcStatus,
  parseGrpcStatus,
  statusDetailsHeader,
} from "@paddlewheel/wire";
import { parseErrorCode, timedOut } from "../../stopped-call.js";
import { type AttemptFailure, answered, unanswered, unsent } from "../attempt-failure.js";
import { codeOfHttpStatus, codeOfReset, codeOfStatus } from "./status.js";

/** The call that failed, as its errors speak of it. */
export interface FailedCall {
  readonly address: string;
  readonly timeoutMs: number;
}

/** What a server says in `grpc-status` and the fields beside it; undefined when that is OK. */
export function statusFailure(
  call: FailedCall,
  statusText: string,
  fields: readonly HeaderField[],
): AttemptFailure | undefined {
  const status = parseGrpcStatus(statusText);
  if (status === GrpcStatus.ok) return undefined;
  const message = decodeStatusMessage(fieldOf(fields, "grpc-message") ?? "");
  const sent = decodeStatusDetails(fieldOf(fields, statusDetailsHeader) ?? "");
  const details = sent?.details ?? {};
  // A server of ours: its own words, for the caller.
  const code = parseErrorCode(fieldOf(fields, "x-bd-error-code")) ?? sent?.code;
  if (code !== undefined) return answered(new ServeError(code, message, { details }), true);
  if (status === GrpcStatus.deadlineExceeded) return answered(timedOut(call.address, call.timeoutMs), false);
  return answered(new ServeError(codeOfStatus[status], `${call.address}: ${message}`, { details }), false);
}

/** An answer that is not gRPC's, from a gateway or another program. */
export function foreignAnswer(
  { address }: Pick<FailedCall, "address">,
  head: readonly HeaderField[],
): AttemptFailure {
  const status = fieldOf(head, ":status") ?? "";
  const error =
    status === "200"
      ? new ServeError(Code.internal, `${address} answered with something else than gRPC`)
      : new ServeError(codeOfHttpStatus(status), `${address} answered with HTTP status ${status}`);
  return answered(error, false);
}

/** A call whose stream ended before the answer was there. */
export function resetFailure({ address }: Pick<FailedCall, "address">, reset: StreamReset): AttemptFailure {
  const error = resetError(address, reset);
  return reset.isUnprocessed ? unsent(error) : unanswered(error);
}

function resetError(address: string, { by, code, reason, cause }: StreamReset): ServeError {
  switch (by) {
    case "server":
    case "fault":
      return new ServeError(codeOfReset(code), `${address}: ${reason}`);
    case "connection":
      return new ServeError(Code.unavailable, `cannot call ${address}: ${reason}`, { cause });
    case "queue":
      return new ServeError(Code.resourceExhausted, `cannot call ${address}: ${reason}`);
    case "request":
      return new ServeError(Code.invalidArgument, `cannot call ${address}: ${reason}`, { cause });
    case "close":
      return new ServeError(Code.cancelled, reason);
  }
}

/** The value of the first field of that name. */
export function fieldOf(fields: readonly HeaderField[], wanted: string): string | undefined {
  for (const { name, value } of fields) if (name === wanted) return value;
  return undefined;
}
