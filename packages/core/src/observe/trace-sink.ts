import type { Call } from "../call.js";
import type { ServeError } from "../serve-error.js";
import type { CallTrace } from "./call-trace.js";
import type { Logger } from "./logger.js";
import type { Metrics } from "./metrics.js";
import type { TraceContext } from "./trace-context.js";

/** A call that has been answered, and all it did. */
export interface FinishedTrace {
  readonly call: Call;
  readonly context: TraceContext;
  /** Closed: its first span is the whole call, and every span has ended. Times are on the call's clock. */
  readonly trace: CallTrace;
  /** Why the call failed. */
  readonly error: ServeError | undefined;
}

/** Where the traces of a server go; the server gets one from outside. */
export interface TraceSink {
  /** Told once, before the first call, where to count and to complain. */
  open(surroundings: { readonly metrics: Metrics; readonly logger: Logger }): void;

  /** Whether a call is to be recorded; `received` is what it came with. Asked of every call, so it must be cheap. */
  wants(traceId: string, received: TraceContext | undefined): boolean;

  /** Takes a trace it wanted. Must return at once, whatever state the receiver is in. */
  export(finished: FinishedTrace): void;
}
