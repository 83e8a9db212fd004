import { type Clock, systemClock } from "@paddlewheel/core";
import { Http2Client } from "@paddlewheel/http2";
import {
  type GeneralRequest,
  type GeneralResponse,
  generalRequestCodec,
  generalResponseCodec,
} from "@paddlewheel/wire";
import type { CallTransport, TransportCallOptions } from "../call-transport.js";
import { type ClientSecurity, noSecurity } from "../security/client-security.js";
import { aborted } from "../stopped-call.js";
import { parseEndpoint } from "./endpoint.js";
import { RequestHead } from "./request-head.js";
import { callUnary } from "./unary-call.js";

/** Largest answer in bytes. Source: FLAGS_max_body_size of Paddle Serving's Python client. */
const maxAnswerBytes = 512 * 1024 * 1024;

export interface GrpcTransportOptions {
  readonly clock?: Clock;
  /** Default none: plain connections, and no token. */
  readonly security?: ClientSecurity;
}

/** gRPC to one server. */
export class GrpcTransport implements CallTransport {
  readonly #endpoint: string;
  readonly #client: Http2Client;
  readonly #head: RequestHead;
  readonly #clock: Clock;

  /**
   * @param endpoint `host:port`
   * @throws ServeError invalidArgument when it is something else.
   */
  constructor(endpoint: string, { clock = systemClock, security = noSecurity }: GrpcTransportOptions = {}) {
    const { tls, authorization } = security;
    this.#endpoint = endpoint;
    this.#client = new Http2Client({ ...parseEndpoint(endpoint), clock, ...(tls ? { tls } : {}) });
    this.#head = new RequestHead({ authority: endpoint, scheme: tls ? "https" : "http", authorization });
    this.#clock = clock;
  }

  async call(request: GeneralRequest, options: TransportCallOptions): Promise<GeneralResponse> {
    const { timeoutMs, signal } = options;
    const message = generalRequestCodec.encode(request);
    if (signal?.aborted) throw aborted(signal);
    const answer = await callUnary(this.#client, {
      endpoint: this.#endpoint,
      fields: this.#head.fieldsOf(timeoutMs, request.logId),
      message,
      maxAnswerBytes,
      clock: this.#clock,
      timeoutMs,
      signal,
    });
    return generalResponseCodec.decode(answer);
  }

  close(): void {
    this.#client.close();
  }
}
