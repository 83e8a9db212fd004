import { Call, type ClientIdentity, type Protocol, SpanKind } from "@paddlewheel/core";
import type { CallHeaders } from "./call-headers.js";
import type { CallTracer } from "./call-tracer.js";
import { nextRequestId } from "./request-id.js";

/** A call as a transport received it. */
export interface ReceivedCall {
  readonly protocol: Protocol;
  readonly service: string;
  readonly method: string;
  readonly timeoutMs: number | undefined;
  /** Whether that is the caller's own wish. Default true. */
  readonly isTimeoutGiven?: boolean;
  readonly headers: CallHeaders;
  /** Who calls, by a certificate; undefined without one. */
  readonly client?: ClientIdentity | undefined;
}

/** The neutral call of a received one: an id made where it has none, its trace begun when somebody wants to see it. */
export function createCall(received: ReceivedCall, tracer: CallTracer): Call {
  const { protocol, service, method, timeoutMs, isTimeoutGiven = true, headers, client } = received;
  const { trace, traceContext } = tracer.begin(headers);
  const call = new Call({
    protocol,
    service,
    method,
    timeoutMs,
    isTimeoutGiven,
    client,
    priority: headers.priority,
    trace,
    traceContext,
    logId: headers.logId,
    modelVersion: headers.modelVersion,
    requestId: headers.requestId ?? nextRequestId(),
  });
  trace?.begin({ kind: SpanKind.call, name: `${service}/${method}`, startedAt: call.startedAt });
  return call;
}
