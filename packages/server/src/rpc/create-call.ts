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
export function createCall({ header, ...received }: ReceivedCall, tracer: CallTracer): Call {
  const call = new Call({
    ...received,
    ...tracer.read(header),
    logId: parseUnsignedId(header("log-id")),
    requestId: cleanRequestId(header("x-request-id")) ?? nextRequestId(),
  });
  const name = `${call.service}/${call.method}`;
  call.trace?.begin({ kind: SpanKind.call, name, startedAt: call.startedAt });
  return call;
}
