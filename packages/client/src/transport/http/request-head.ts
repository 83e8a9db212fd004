import type { OutgoingHttpHeaders } from "node:http";
import type { Secret } from "@paddlewheel/core";
import { formatGrpcTimeout } from "@paddlewheel/wire";
import type { OutgoingCall } from "../host-transport.js";
import { CompressType } from "../host-transport.js";

export interface RequestHeadOptions {
  /** Bytes of the body. */
  readonly length: number;
  readonly isPacked: boolean;
  readonly authorization: Secret | undefined;
}

/** The headers of a request. Whoever packs its requests may be answered packed. */
export function requestHead(call: OutgoingCall, options: RequestHeadOptions): OutgoingHttpHeaders {
  const { logId, requestId, headers, timeoutMs, compressType } = call;
  const { length, isPacked, authorization } = options;
  return {
    ...(headers ? Object.fromEntries(headers) : {}),
    "content-type": "application/proto",
    "content-length": length,
    "accept-encoding": compressType === CompressType.none ? "identity" : "gzip",
    "grpc-timeout": formatGrpcTimeout(timeoutMs),
    ...(isPacked ? { "content-encoding": "gzip" } : {}),
    ...(logId === 0n ? {} : { "log-id": String(logId) }),
    ...(requestId ? { "x-request-id": requestId } : {}),
    ...(authorization ? { authorization: authorization.reveal() } : {}),
  };
}
