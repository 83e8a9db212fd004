import { ConnectionError } from "../frame/connection-error.js";
import { ErrorCode } from "../frame/error-code.js";
import type { LimitName } from "./http2-limits.js";

/** The peer went over a limit that ends the connection. */
export class LimitExceeded extends ConnectionError {
  readonly limit: LimitName;

  constructor(limit: LimitName, message: string) {
    super(ErrorCode.enhanceYourCalm, message);
    this.limit = limit;
  }
}
