import type { Call } from "../call.js";
import type { CallSpan } from "./call-trace.js";
import { formatTraceparent } from "./trace-context.js";

/**
 * The headers with which an Op's call to another server joins the trace of its own call: `traceparent`, and
 * `tracestate` when there is one. `span` is what makes the call, by default the whole of `call`. When this server does
 * not keep the trace, the caller's own span is passed on. Empty when the call belongs to no trace.
 */
export function traceHeaders(
  { traceContext, trace }: Call,
  span?: CallSpan,
): Readonly<Record<string, string>> {
  if (!traceContext) return {};
  const { state, parentSpanId } = traceContext;
  const spanId = trace?.isForSink ? (span ?? trace.spans[0])?.id : parentSpanId;
  if (spanId === undefined) return {};
  const traceparent = formatTraceparent(traceContext, spanId);
  return state ? { traceparent, tracestate: state } : { traceparent };
}
