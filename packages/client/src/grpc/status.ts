import { status } from "@grpc/grpc-js";
import { Code } from "@paddlewheel/core";

/** The code of every gRPC status, for servers that send no `x-bd-error-code`. Total. */
export const codeOfStatus: Readonly<Record<status, Code>> = {
  [status.OK]: Code.ok,
  [status.CANCELLED]: Code.cancelled,
  [status.UNKNOWN]: Code.internal,
  [status.INVALID_ARGUMENT]: Code.invalidArgument,
  [status.DEADLINE_EXCEEDED]: Code.deadlineExceeded,
  [status.NOT_FOUND]: Code.notFound,
  [status.ALREADY_EXISTS]: Code.internal,
  [status.PERMISSION_DENIED]: Code.permissionDenied,
  [status.RESOURCE_EXHAUSTED]: Code.resourceExhausted,
  [status.FAILED_PRECONDITION]: Code.internal,
  [status.ABORTED]: Code.internal,
  [status.OUT_OF_RANGE]: Code.invalidArgument,
  [status.UNIMPLEMENTED]: Code.methodNotFound,
  [status.INTERNAL]: Code.internal,
  [status.UNAVAILABLE]: Code.unavailable,
  [status.DATA_LOSS]: Code.internal,
  [status.UNAUTHENTICATED]: Code.unauthenticated,
};
