import type { CodeName } from "@paddlewheel/core";
import { GrpcStatus } from "@paddlewheel/wire";

/** gRPC status of every code, total. Source: brpc grpc.cpp; ours where brpc has no code. */
export const grpcStatus: Readonly<Record<CodeName, GrpcStatus>> = {
  ok: GrpcStatus.ok,
  internal: GrpcStatus.internal,
  outOfMemory: GrpcStatus.internal,
  overflow: GrpcStatus.internal,
  invalidConf: GrpcStatus.internal,
  modelLoadFailure: GrpcStatus.internal,
  opFailure: GrpcStatus.internal,
  ignore: GrpcStatus.internal,
  opIgnore: GrpcStatus.internal,
  permissionDenied: GrpcStatus.permissionDenied,
  invalidArgument: GrpcStatus.invalidArgument,
  messageTooLarge: GrpcStatus.resourceExhausted,
  cancelled: GrpcStatus.cancelled,
  notFound: GrpcStatus.notFound,
  serviceNotFound: GrpcStatus.unimplemented,
  methodNotFound: GrpcStatus.unimplemented,
  malformedRequest: GrpcStatus.invalidArgument,
  unauthenticated: GrpcStatus.unauthenticated,
  deadlineExceeded: GrpcStatus.deadlineExceeded,
  unavailable: GrpcStatus.unavailable,
  resourceExhausted: GrpcStatus.resourceExhausted,
};
