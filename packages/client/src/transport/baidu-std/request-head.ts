import type { Secret } from "@paddlewheel/core";
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
    },
    compressType: message.compressType,
    correlationId: BigInt(correlationId),
    ...(token ? { authenticationData: Buffer.from(token.reveal()) } : {}),
    ...(headers && headers.size > 0 ? { userFields: headers } : {}),
  };
  return encodeFrameHead(meta, message.bytes.length);
}
