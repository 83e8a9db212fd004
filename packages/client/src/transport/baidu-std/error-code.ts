import { Code, codeName, ServeError } from "@paddlewheel/core";
import type { RpcResponseMeta } from "@paddlewheel/wire";

/** What brpc's own numbers, and the errnos it sends, mean here, where `Code` has another number for it. */
const codeOfNumber: ReadonlyMap<number, Code> = new Map([
  /** ETIMEDOUT */
  [110, Code.deadlineExceeded],
  /** EHOSTDOWN */
  [112, Code.unavailable],
  /** EOVERCROWDED */
  [1011, Code.resourceExhausted],
  /** EREJECT */
  [1018, Code.unavailable],
  /** EINTERNAL */
  [2001, Code.internal],
  /** ECLOSE */
  [2005, Code.unavailable],
]);

/** The error a server tells in a meta, in its own words; a number that nobody knows is kept in the details. */
export function errorOf({ errorCode, errorText }: RpcResponseMeta): ServeError {
  if (codeName(errorCode)) return new ServeError(errorCode as Code, errorText);
  const code = codeOfNumber.get(errorCode) ?? Code.internal;
  return new ServeError(code, errorText, { details: { error_code: String(errorCode) } });
}
