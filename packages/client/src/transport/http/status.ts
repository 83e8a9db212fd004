import { Code } from "@paddlewheel/core/message";

const codeOfStatus: ReadonlyMap<number, Code> = new Map([
  [400, Code.invalidArgument],
  [401, Code.unauthenticated],
  [403, Code.permissionDenied],
  [404, Code.serviceNotFound],
  [408, Code.deadlineExceeded],
  [413, Code.messageTooLarge],
  [429, Code.resourceExhausted],
  [502, Code.unavailable],
  [503, Code.unavailable],
  [504, Code.deadlineExceeded],
]);

/** The code of an HTTP status, for servers and gateways that send no `x-bd-error-code`. */
export function codeOfHttpStatus(status: number): Code {
  return codeOfStatus.get(status) ?? Code.internal;
}
