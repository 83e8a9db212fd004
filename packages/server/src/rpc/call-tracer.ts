import {
  type Call,
  CallTrace,
  errorAttributes,
  type Logger,
  newTraceId,
  type ServeError,
  type TraceContext,
  type TraceSink,
} from "@paddlewheel/core";
import type { CallHeaders } from "./call-headers.js";
import { traceReport } from "./trace-report.js";

export interface CallTracerOptions {
  /** Whether a caller may ask for the trace of its own call. */
  readonly isOnRequest: boolean;
  /** Where traces go beside. */
  readonly sink: TraceSink | undefined;
  readonly logger: Logger;
}

/** What a call is made with, as far as traces go. */
export interface Tracing {
  readonly trace: CallTrace | undefined;
  readonly traceContext: TraceContext | undefined;
}

/** Decides which calls are recorded and for whom, and gives what was recorded to those who wanted it. */
export class CallTracer {
  readonly #options: CallTracerOptions;
  #hasSinkFailed = false;

  constructor(options: CallTracerOptions) {
    this.#options = options;
  }

  /** Decides which trace a request belongs to and who wants to see it. */
  begin({ traceContext: received, asksForTrace }: CallHeaders): Tracing {
    const { isOnRequest, sink } = this.#options;
    const isForCaller = isOnRequest && asksForTrace;
    if (!isForCaller && !sink) return { trace: undefined, traceContext: received };
    const traceId = received?.traceId ?? newTraceId();
    const isForSink = sink?.wants(traceId, received) ?? false;
    if (!isForCaller && !isForSink) return { trace: undefined, traceContext: received };
    const begun = received ?? { traceId, parentSpanId: undefined, isSampled: false, state: "" };
    const traceContext = isForSink ? { ...begun, isSampled: true } : begun;
    return { trace: new CallTrace({ isForCaller, isForSink }), traceContext };
  }

  /** Closes the trace of a call that is answered. */
  finish(call: Call, error: ServeError | undefined): void {
    const { trace, traceContext: context } = call;
    if (!trace || !context) return;
    const now = call.clock.now();
    const [whole] = trace.spans;
    if (whole) trace.end(whole, now, errorAttributes(error));
    trace.close(now);
    if (trace.isForSink) this.#export({ call, context, trace, error });
  }

  /** What the caller asked to see of an answered call: the value of `x-paddlewheel-trace` in its answer. */
  report(call: Call): string | undefined {
    return call.trace?.isForCaller ? traceReport(call, call.trace) : undefined;
  }

  /** A sink at fault must not fail a call; it is complained of once. */
  #export(finished: Parameters<TraceSink["export"]>[0]): void {
    try {
      this.#options.sink?.export(finished);
    } catch (error) {
      if (!this.#hasSinkFailed) this.#options.logger.error({ err: error }, "the trace sink failed");
      this.#hasSinkFailed = true;
    }
  }
}
