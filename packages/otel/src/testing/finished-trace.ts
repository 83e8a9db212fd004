import {
  Call,
  type CallOptions,
  CallTrace,
  type FinishedTrace,
  type ServeError,
  SpanKind,
  type TraceContext,
} from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";

export interface FinishedTraceOptions {
  readonly call?: Partial<CallOptions>;
  readonly context?: Partial<TraceContext>;
  readonly error?: ServeError;
  /** Nodes beside the two spans there always are. */
  readonly nodes?: number;
}

/** A call of 3 ms whose node ran an engine for 1 ms, at 2 s of a ManualClock. */
export function finishedTrace(options: FinishedTraceOptions = {}): FinishedTrace {
  const clock = new ManualClock(2000);
  const trace = new CallTrace({ isForSink: true });
  const context = { traceId: "ab".repeat(16), parentSpanId: undefined, isSampled: true, state: "" };
  const traceContext = { ...context, ...options.context };
  const call = new Call({ service: "S", method: "m", clock, trace, traceContext, ...options.call });
  const root = trace.begin({ kind: SpanKind.call, name: "S/m", startedAt: clock.now() });
  clock.advance(0.5);
  const run = trace.begin({ kind: SpanKind.run, name: "e", startedAt: clock.now() });
  clock.advance(1);
  trace.end(run, clock.now(), { version: "2", modelUs: 900 });
  for (let i = 0; i < (options.nodes ?? 0); i++) {
    const node = trace.begin({ kind: SpanKind.node, name: `n${i}`, startedAt: clock.now() });
    trace.end(node, clock.now(), { error: "opFailure" });
  }
  clock.advance(1.5);
  trace.end(root, clock.now());
  trace.close(clock.now());
  return { call, trace, context: traceContext, error: options.error };
}
