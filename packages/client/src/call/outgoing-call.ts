import { formatTraceparent, newSpanId } from "@paddlewheel/core";
import { CompressType, type OutgoingCall } from "../transport/host-transport.js";
import type { CallRequest } from "./call-request.js";

/** The first attempt of a call; further ones differ in the time they have. */
export function outgoingCall(request: CallRequest): OutgoingCall {
  const { service, method, message, timeoutMs, requestId, readErrorText } = request;
  const { compressType = CompressType.none, logId = 0n } = request;
  const headers = headersOf(request);
  return { service, method, message, compressType, timeoutMs, logId, requestId, headers, readErrorText };
}

function headersOf({ headers, traceContext }: CallRequest): ReadonlyMap<string, string> | undefined {
  if (!traceContext) return headers;
  const { state } = traceContext;
  const traced = new Map(headers);
  traced.set("traceparent", formatTraceparent(traceContext, newSpanId()));
  if (state) traced.set("tracestate", state);
  return traced;
}
