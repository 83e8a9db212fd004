import { Code } from "./code.js";

/** Where an error happened, as far as it is known; goes to logs and to status details, never a secret. */
export type ErrorDetails = Readonly<Record<string, string>>;

export interface ServeErrorOptions {
  /** What was thrown underneath. Logged, never sent to a client. */
  readonly cause?: unknown;
  readonly details?: ErrorDetails;
}

/**
 * The one error class. `message` is written for the caller: it names the field and says what would be right, and
 * every transport sends it unchanged. What must not leave the process goes into `cause`.
 */
export class ServeError extends Error {
  readonly code: Code;
  readonly details: ErrorDetails;

  constructor(code: Code, message: string, options: ServeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ServeError";
    this.code = code;
    this.details = options.details ?? {};
  }

  /**
   * An error that was expected, without a stack: a limit said no. Under load there are many, and where they come from is
   * what their message says; finding out where in the code costs more than all the rest.
   */
  static refusal(code: Code, message: string): ServeError {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return new ServeError(code, message);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  /** The single place where any thrown value becomes a ServeError; one that already is passes unchanged. */
  static from(thrown: unknown, code: Code = Code.internal): ServeError {
    if (thrown instanceof ServeError) return thrown;
    return new ServeError(code, "internal error", { cause: thrown });
  }

  /**
   * A copy that also says where it happened; the error itself when it says so already. Details already present win: the
   * innermost place is the right one. The copy keeps the stack, which shows who threw.
   */
  withDetails(details: ErrorDetails): ServeError {
    if (Object.keys(details).every((key) => Object.hasOwn(this.details, key))) return this;
    const copy = new ServeError(this.code, this.message, {
      cause: this.cause,
      details: { ...details, ...this.details },
    });
    // As an accessor, because writing a stack out costs more than all the rest and few are read.
    return Object.defineProperty(copy, "stack", { get: () => this.stack, configurable: true });
  }
}
