import type { Secret } from "@paddlewheel/core";
import type { HeaderField } from "@paddlewheel/http2";
import { acceptedEncodings, formatGrpcTimeout, generalModelServiceName } from "@paddlewheel/wire";

export interface RequestHeadOptions {
  /** `host:port` */
  readonly authority: string;
  readonly scheme: "http" | "https";
  /** The value of the header; undefined for none. */
  readonly authorization: Secret | undefined;
}

/** The headers of requests to one server; the same array again where nothing has changed, as that costs no encoding. */
export class RequestHead {
  readonly #constant: readonly HeaderField[];
  #fields: readonly HeaderField[] = [];
  #timeoutMs: number | undefined;
  #logId = 0n;

  constructor({ authority, scheme, authorization }: RequestHeadOptions) {
    this.#constant = [
      { name: ":method", value: "POST" },
      { name: ":scheme", value: scheme },
      { name: ":path", value: `/${generalModelServiceName}/inference` },
      { name: ":authority", value: authority },
      { name: "te", value: "trailers" },
      { name: "content-type", value: "application/grpc" },
      { name: "user-agent", value: "grpc-paddlewheel" },
      { name: "grpc-accept-encoding", value: acceptedEncodings },
      ...(authorization ? [{ name: "authorization", value: authorization.reveal() }] : []),
    ];
  }

  fieldsOf(timeoutMs: number, logId: bigint): readonly HeaderField[] {
    if (timeoutMs === this.#timeoutMs && logId === this.#logId) return this.#fields;
    this.#timeoutMs = timeoutMs;
    this.#logId = logId;
    this.#fields = [
      ...this.#constant,
      { name: "grpc-timeout", value: formatGrpcTimeout(timeoutMs) },
      ...logField(logId),
    ];
    return this.#fields;
  }
}

function logField(logId: bigint): readonly HeaderField[] {
  return logId === 0n ? [] : [{ name: "log-id", value: String(logId) }];
}
