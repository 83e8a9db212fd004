import { parseTraceContext, type Secret } from "@paddlewheel/core";
import { encodeFrameHead, type PackedMessage } from "@paddlewheel/wire";
import type { OutgoingCall } from "../host-transport.js";

export interface RequestHeadOptions {
  readonly correlationId: number;
  readonly message: PackedMessage;
  /** For the first request of a connection. */
  readonly token: Secret | undefined;
}

/** `timeout_ms` is an int32. */
const maxTimeoutMs = 2 ** 31 - 1;

/** The frame of a request up to its message. Headers are `user_fields`, as servers of ours read them. */
export function requestHead(call: OutgoingCall, options: RequestHeadOptions): Uint8Array {
  const { correlationId, message, token } = options;
  const { service, method, logId, requestId = "", timeoutMs, headers } = call;
  const meta = {
    request: {
      serviceName: service,
      methodName: method,
      logId,
      requestId,
      timeoutMs: Math.min(Math.ceil(timeoutMs), maxTimeoutMs),
      ...(headers ? traceIds(headers) : {}),
    },
    compressType: message.compressType,
    correlationId: BigInt(correlationId),
    ...(token ? { authenticationData: Buffer.from(token.reveal()) } : {}),
    ...(headers && headers.size > 0 ? { userFields: [...headers] } : {}),
  };
  return encodeFrameHead(meta, message.bytes.length);
}

/** The trace of `traceparent`, as brpc's servers know it: by the lower half of its id, and only when it is kept. */
function traceIds(headers: ReadonlyMap<string, string>): { traceId?: bigint; spanId?: bigint } {
  const context = parseTraceContext(headers.get("traceparent"));
  if (!context?.isSampled) return {};
  const { traceId, parentSpanId = "0" } = context;
  return { traceId: BigInt(`0x${traceId.slice(16)}`), spanId: BigInt(`0x${parentSpanId}`) };
}
