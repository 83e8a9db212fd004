import type { HeaderField } from "@paddlewheel/http2";
import { acceptedEncodings, formatGrpcTimeout, generalModelServiceName } from "@paddlewheel/wire";

/** The headers of requests to one server; the same array again where nothing has changed, as that costs no encoding. */
export class RequestHead {
  readonly #constant: readonly HeaderField[];
  #fields: readonly HeaderField[] = [];
  #timeoutMs: number | undefined;
  #logId = 0n;

  /** @param authority `host:port` */
  constructor(authority: string) {
    this.#constant = [
      { name: ":method", value: "POST" },
      { name: ":scheme", value: "http" },
      { name: ":path", value: `/${generalModelServiceName}/inference` },
      { name: ":authority", value: authority },
      { name: "te", value: "trailers" },
      { name: "content-type", value: "application/grpc" },
      { name: "user-agent", value: "grpc-paddlewheel" },
      { name: "grpc-accept-encoding", value: acceptedEncodings },
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
