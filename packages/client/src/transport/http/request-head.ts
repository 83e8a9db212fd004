import type { OutgoingHttpHeaders } from "node:http";
import type { Secret } from "@paddlewheel/core";
import { formatGrpcTimeout } from "@paddlewheel/wire";
import { CompressType, type OutgoingCall } from "../host-transport.js";
import { contentTypes, type HttpBodyOptions } from "./body-options.js";

export interface RequestHeadOptions {
  /** Bytes of the body. */
  readonly length: number;
  readonly isPacked: boolean;
  readonly authorization: Secret | undefined;
  readonly body: HttpBodyOptions;
}

/** The headers of a request. */
export function requestHead(call: OutgoingCall, options: RequestHeadOptions): OutgoingHttpHeaders {
  const { logId, requestId, headers, timeoutMs, compressType } = call;
  const { length, isPacked, authorization, body } = options;
  const { format = "proto", compressResponse = compressType !== CompressType.none } = body;
  return {
    ...(headers ? Object.fromEntries(headers) : {}),
    "content-type": contentTypes[format],
    "content-length": length,
    "accept-encoding": compressResponse ? "gzip" : "identity",
    "grpc-timeout": formatGrpcTimeout(timeoutMs),
    ...(isPacked ? { "content-encoding": "gzip" } : {}),
    ...(logId === 0n ? {} : { "log-id": String(logId) }),
    ...(requestId ? { "x-request-id": requestId } : {}),
    ...(authorization ? { authorization: authorization.reveal() } : {}),
  };
}
