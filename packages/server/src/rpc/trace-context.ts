import { parseTraceContext, type TraceContext } from "@paddlewheel/core";
import { parseUnsignedId } from "./unsigned-id.js";

/** Reads a header of a request, or gRPC metadata, by its lower-case name; several of one name joined by ", ". */
export type HeaderReader = (name: string) => string | undefined;

/** The trace a request belongs to by its headers: W3C's, else brpc's; undefined when it names none. */
export function readTraceContext(header: HeaderReader): TraceContext | undefined {
  const traceparent = header("traceparent");
  if (traceparent !== undefined) return parseTraceContext(traceparent, header("tracestate"));
  const traceId = header("x-bd-trace-id");
  if (traceId === undefined) return undefined;
  return brpcTraceContext({
    traceId: parseUnsignedId(traceId),
    spanId: parseUnsignedId(header("x-bd-span-id")),
  });
}

/**
 * The trace of brpc's ids, as RpcRequestMeta has them: its 64-bit trace id becomes the lower half of W3C's. The meta
 * holds them as int64, so they may be negative. brpc sends ids only for calls it samples. Undefined without a trace id.
 */
export function brpcTraceContext(ids: {
  readonly traceId: bigint;
  readonly spanId: bigint;
}): TraceContext | undefined {
  const traceId = hex64(ids.traceId);
  const spanId = hex64(ids.spanId);
  if (traceId === noId) return undefined;
  const parentSpanId = spanId === noId ? undefined : spanId;
  return { traceId: noId + traceId, parentSpanId, isSampled: true, state: "" };
}

const noId = "0".repeat(16);

function hex64(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16).padStart(16, "0");
}
