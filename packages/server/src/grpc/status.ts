import { status } from "@grpc/grpc-js";
import type { CodeName } from "@paddlewheel/core";

/** gRPC status of every code, total. Source: brpc grpc.cpp; ours where brpc has no code. */
export const grpcStatus: Readonly<Record<CodeName, status>> = {
  ok: status.OK,
  internal: status.INTERNAL,
  outOfMemory: status.INTERNAL,
  overflow: status.INTERNAL,
  invalidConf: status.INTERNAL,
  modelLoadFailure: status.INTERNAL,
  opFailure: status.INTERNAL,
  ignore: status.INTERNAL,
  opIgnore: status.INTERNAL,
  permissionDenied: status.PERMISSION_DENIED,
  invalidArgument: status.INVALID_ARGUMENT,
  messageTooLarge: status.RESOURCE_EXHAUSTED,
  cancelled: status.CANCELLED,
  notFound: status.NOT_FOUND,
  serviceNotFound: status.UNIMPLEMENTED,
  methodNotFound: status.UNIMPLEMENTED,
  malformedRequest: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  deadlineExceeded: status.DEADLINE_EXCEEDED,
  unavailable: status.UNAVAILABLE,
  resourceExhausted: status.RESOURCE_EXHAUSTED,
};
