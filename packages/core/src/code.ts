/**
 * The closed set of outcomes of a call. A value is the number that leaves the process: `x-bd-error-code` over
 * HTTP and gRPC, `err_no` in a response message, `error_code` over baidu_std.
 *
 * Negative numbers and 5000/5100 are Paddle Serving's own (core/predictor/common/constant.h); the others are
 * brpc's error numbers or, where brpc has none, the errno or HTTP status it borrows for that meaning.
 */
export const Code = {
  ok: 0,
  /** The framework failed; the caller can do nothing about it. */
  internal: -5000,
  outOfMemory: -5001,
  overflow: -5002,
  /** Configuration is at fault; stops the start and never reaches a client. */
  invalidConf: -5003,
  /** A model could not be loaded. */
  modelLoadFailure: -5004,
  /** An Op failed. */
  opFailure: -5100,
  /** An Op chose to give no output; its dependents may go on. */
  ignore: 5000,
  opIgnore: 5100,
  /** EPERM */
  permissionDenied: 1,
  /** EINVAL: the message was read, what it asks for is wrong. */
  invalidArgument: 22,
  /** EMSGSIZE */
  messageTooLarge: 90,
  /** ECANCELED: the caller went away. */
  cancelled: 125,
  /** No model, engine or other thing of that name. */
  notFound: 404,
  /** ENOSERVICE */
  serviceNotFound: 1001,
  /** ENOMETHOD */
  methodNotFound: 1002,
  /** EREQUEST: the bytes are not the message they should be. */
  malformedRequest: 1003,
  /** ERPCAUTH */
  unauthenticated: 1004,
  /** ERPCTIMEDOUT */
  deadlineExceeded: 1008,
  /** ELOGOFF: stopping, or not ready yet. */
  unavailable: 2003,
  /** ELIMIT: a queue or another limit is full. */
  resourceExhausted: 2004,
} as const;

export type Code = (typeof Code)[keyof typeof Code];
export type CodeName = keyof typeof Code;

const names = new Map<number, CodeName>(Object.entries(Code).map(([name, code]) => [code, name as CodeName]));

/** The name of a code, for logs and metric labels; undefined for a number outside the set. */
export function codeName(code: number): CodeName | undefined {
  return names.get(code);
}
