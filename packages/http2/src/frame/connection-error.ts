import type { ErrorCode } from "./error-code.js";

/** The peer broke a rule that ends the whole connection: it is told by GOAWAY with this code and text. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
