import type { Secret } from "@paddlewheel/core";
import type { HeaderField } from "@paddlewheel/http2";
import { acceptedEncodings, formatGrpcTimeout, type MessageEncoding } from "@paddlewheel/wire";
import type { OutgoingCall } from "../host-transport.js";

export interface RequestFieldsOptions {
  /** `host:port` */
  readonly authority: string;
  readonly scheme: "http" | "https";
  /** The value of the header; undefined for none. */
  readonly authorization: Secret | undefined;
}

/** The headers of requests to one server; the same array again where nothing has changed, as that costs no encoding. */
export class RequestFields {
  readonly #pseudo: readonly HeaderField[];
  readonly #constant: readonly HeaderField[];
  #fields: readonly HeaderField[] = [];
  #call: OutgoingCall | undefined;

  constructor({ authority, scheme, authorization }: RequestFieldsOptions) {
    this.#pseudo = [
      { name: ":method", value: "POST" },
      { name: ":scheme", value: scheme },
      { name: ":authority", value: authority },
    ];
    this.#constant = [
      { name: "te", value: "trailers" },
      { name: "content-type", value: "application/grpc" },
      { name: "user-agent", value: "grpc-paddlewheel" },
      { name: "grpc-accept-encoding", value: acceptedEncodings },
      ...(authorization ? [{ name: "authorization", value: authorization.reveal() }] : []),
    ];
  }

  /** @param encoding of the message */
  of(call: OutgoingCall, encoding: MessageEncoding): readonly HeaderField[] {
    if (encoding === "identity" && this.#call && hasSameHead(call, this.#call)) return this.#fields;
    const fields = this.#make(call, encoding);
    if (encoding === "identity") {
      this.#call = call;
      this.#fields = fields;
    }
    return fields;
  }

  #make(call: OutgoingCall, encoding: MessageEncoding): readonly HeaderField[] {
    const { service, method, timeoutMs, logId, requestId, headers = [] } = call;
    return [
      ...this.#pseudo,
      { name: ":path", value: `/${service}/${method}` },
      ...this.#constant,
      ...(encoding === "identity" ? [] : [{ name: "grpc-encoding", value: encoding }]),
      { name: "grpc-timeout", value: formatGrpcTimeout(timeoutMs) },
      ...(logId === 0n ? [] : [{ name: "log-id", value: String(logId) }]),
      ...(requestId ? [{ name: "x-request-id", value: requestId }] : []),
      ...Array.from(headers, ([name, value]) => ({ name, value })),
    ];
  }
}

function hasSameHead(a: OutgoingCall, b: OutgoingCall): boolean {
  return (
    a.timeoutMs === b.timeoutMs &&
    a.logId === b.logId &&
    a.method === b.method &&
    a.service === b.service &&
    a.requestId === b.requestId &&
    a.headers === b.headers
  );
}
