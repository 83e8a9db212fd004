import type { CodeName } from "@paddlewheel/core";

/** HTTP status of every code, total. Source: brpc http_status_code.cpp; ours where brpc has no code. */
export const httpStatus: Readonly<Record<CodeName, number>> = {
  ok: 200,
  internal: 500,
  outOfMemory: 500,
  overflow: 500,
  invalidConf: 500,
  modelLoadFailure: 500,
  opFailure: 500,
  ignore: 500,
  opIgnore: 500,
  permissionDenied: 403,
  invalidArgument: 400,
  messageTooLarge: 413,
  /** nginx's "client closed request": nobody reads it, logs do. */
  cancelled: 499,
  notFound: 404,
  serviceNotFound: 404,
  methodNotFound: 404,
  malformedRequest: 400,
  unauthenticated: 401,
  deadlineExceeded: 504,
  unavailable: 503,
  resourceExhausted: 503,
};
