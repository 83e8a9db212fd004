import assert from "node:assert/strict";
import {
  CompressType,
  callHost,
  type HostTransport,
  type HostTransportOptions,
  type OutgoingCall,
  type TransportProtocol,
} from "@paddlewheel/client";
import { ServeError } from "@paddlewheel/core";
import { decodeResponse, encodeRequest, serviceName } from "./proto-messages.js";
import { slowRequest } from "./slow-model.js";

export interface Way extends Pick<HostTransportOptions, "connectionType" | "connectionCount"> {
  readonly protocol: TransportProtocol;
  readonly packs: readonly CompressType[];
}

const { none, snappy, gzip, zlib } = CompressType;

/** Every protocol with every way it shares connections. */
export const ways: readonly Way[] = [
  { protocol: "baidu_std", connectionType: "single", packs: [none, snappy, gzip, zlib] },
  { protocol: "baidu_std", connectionType: "single", connectionCount: 3, packs: [none, snappy, gzip, zlib] },
  { protocol: "baidu_std", connectionType: "pooled", packs: [none, snappy, gzip, zlib] },
  { protocol: "baidu_std", connectionType: "short", packs: [none, snappy, gzip, zlib] },
  { protocol: "http", connectionType: "pooled", packs: [none, gzip] },
  { protocol: "http:proto", connectionType: "short", packs: [none, gzip] },
  { protocol: "h2:grpc", packs: [none, gzip, zlib] },
  { protocol: "grpc", connectionType: "single", connectionCount: 3, packs: [none, gzip, zlib] },
];

export const nameOf = ({ protocol, connectionType, connectionCount = 1 }: Way): string =>
  [protocol, connectionType ?? "", connectionCount > 1 ? `× ${connectionCount}` : ""].join(" ").trimEnd();

/** A call of the slow model that is quick, unless its message is another. */
export function modelCall(given: Partial<OutgoingCall> = {}): OutgoingCall {
  return {
    service: serviceName,
    method: "inference",
    message: encodeRequest(slowRequest(0, 1)),
    compressType: none,
    timeoutMs: 30_000,
    logId: 0n,
    ...given,
  };
}

/** What the model gives back of the request's id. */
export function firstElement(message: Uint8Array): number | string | undefined {
  return decodeResponse(Buffer.from(message)).outputs[0]?.tensor[0]?.float_data[0];
}

/** The error of a call that must fail. */
export async function failureOf(transport: HostTransport, given: Partial<OutgoingCall>): Promise<ServeError> {
  const thrown: unknown = await callHost(transport, modelCall(given)).then(
    () => assert.fail("it must fail"),
    (error) => error,
  );
  assert.ok(thrown instanceof ServeError);
  return thrown;
}
