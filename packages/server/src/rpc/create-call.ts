import { Call, type Protocol, SpanKind } from "@paddlewheel/core";
import type { CallTracer } from "./call-tracer.js";
import { cleanRequestId, nextRequestId } from "./request-id.js";
import type { HeaderReader } from "./trace-context.js";
import { parseUnsignedId } from "./unsigned-id.js";

/** A call as a transport received it. */
export interface ReceivedCall {
  readonly protocol: Protocol;
  readonly service: string;
  readonly method: string;
  readonly timeoutMs: number | undefined;
  /** Its headers, where the ids and the trace stand. */
  readonly header: HeaderReader;
}

/** The neutral call of a received one: ids read or made, its trace begun when somebody wants to see it. */
export function createCall(received: ReceivedCall, tracer: CallTracer): Call {
  const { protocol, service, method, timeoutMs, header } = received;
  const { trace, traceContext } = tracer.read(header);
  const call = new Call({
    protocol,
    service,
    method,
    timeoutMs,
    trace,
    traceContext,
    logId: parseUnsignedId(header("log-id")),
    requestId: cleanRequestId(header("x-request-id")) ?? nextRequestId(),
  });
  trace?.begin({ kind: SpanKind.call, name: `${service}/${method}`, startedAt: call.startedAt });
  return call;
}
