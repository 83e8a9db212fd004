import { Code } from "@paddlewheel/core";
import { ErrorCode } from "@paddlewheel/http2";
import { GrpcStatus } from "@paddlewheel/wire";

/** The code of every gRPC status, for servers that send no `x-bd-error-code`. Total. */
export const codeOfStatus: Readonly<Record<GrpcStatus, Code>> = {
  [GrpcStatus.ok]: Code.ok,
  [GrpcStatus.cancelled]: Code.cancelled,
  [GrpcStatus.unknown]: Code.internal,
  [GrpcStatus.invalidArgument]: Code.invalidArgument,
  [GrpcStatus.deadlineExceeded]: Code.deadlineExceeded,
  [GrpcStatus.notFound]: Code.notFound,
  [GrpcStatus.alreadyExists]: Code.internal,
  [GrpcStatus.permissionDenied]: Code.permissionDenied,
  [GrpcStatus.resourceExhausted]: Code.resourceExhausted,
  [GrpcStatus.failedPrecondition]: Code.internal,
  [GrpcStatus.aborted]: Code.internal,
  [GrpcStatus.outOfRange]: Code.invalidArgument,
  [GrpcStatus.unimplemented]: Code.methodNotFound,
  [GrpcStatus.internal]: Code.internal,
  [GrpcStatus.unavailable]: Code.unavailable,
  [GrpcStatus.dataLoss]: Code.internal,
  [GrpcStatus.unauthenticated]: Code.unauthenticated,
};

/**
 * The gRPC status that an HTTP status stands for when a gateway answers instead of a gRPC server.
 * Source: gRPC's http-grpc-status-mapping.md.
 */
const statusOfHttp: ReadonlyMap<string, GrpcStatus> = new Map([
  ["400", GrpcStatus.internal],
  ["401", GrpcStatus.unauthenticated],
  ["403", GrpcStatus.permissionDenied],
  ["404", GrpcStatus.unimplemented],
  ["429", GrpcStatus.unavailable],
  ["502", GrpcStatus.unavailable],
  ["503", GrpcStatus.unavailable],
  ["504", GrpcStatus.unavailable],
]);

/** The code of an answer that has an HTTP status and no gRPC status. */
export function codeOfHttpStatus(httpStatus: string): Code {
  return codeOfStatus[statusOfHttp.get(httpStatus) ?? GrpcStatus.unknown];
}

/** The gRPC status that the end of a stream stands for; INTERNAL is left out. Source: "Errors" of PROTOCOL-HTTP2.md. */
const statusOfErrorCode: ReadonlyMap<number, GrpcStatus> = new Map([
  [ErrorCode.refusedStream, GrpcStatus.unavailable],
  [ErrorCode.cancel, GrpcStatus.cancelled],
  [ErrorCode.enhanceYourCalm, GrpcStatus.resourceExhausted],
  [ErrorCode.inadequateSecurity, GrpcStatus.permissionDenied],
]);

/** The code of a stream that was reset with an error code of HTTP/2. */
export function codeOfReset(errorCode: number): Code {
  return codeOfStatus[statusOfErrorCode.get(errorCode) ?? GrpcStatus.internal];
}
