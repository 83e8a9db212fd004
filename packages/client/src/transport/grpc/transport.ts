import { systemClock } from "@paddlewheel/core";
import { Http2Client } from "@paddlewheel/http2";
import { parseEndpoint } from "../../grpc/endpoint.js";
import { noSecurity } from "../../security/client-security.js";
import type { Attempt, HostTransport, OnAttemptEnd, OutgoingCall } from "../host-transport.js";
import {
  ConnectionType,
  checkConnections,
  type HostTransportOptions,
  resolveTransportLimits,
} from "../transport-options.js";
import { AnswerHeaders } from "./answer-headers.js";
import { RequestFields } from "./request-fields.js";
import { UnaryAttempt, type UnaryHost } from "./unary-attempt.js";

/** gRPC to one host, on HTTP/2 connections that all calls share. */
export class GrpcHostTransport implements HostTransport {
  readonly #host: UnaryHost;
  readonly #clients: readonly Http2Client[];
  #turn = 0;

  /** @throws ServeError invalidArgument for an address, a connection type or a limit that is none. */
  constructor(options: HostTransportOptions) {
    const { address, security = noSecurity, clock = systemClock, connectionCount = 1 } = options;
    checkConnections(options, [ConnectionType.single], "h2:grpc");
    const { tls, authorization } = security;
    const limits = resolveTransportLimits(options.limits);
    const { connectTimeoutMs, maxWaiting: maxWaitingRequests } = limits;
    const target = { ...parseEndpoint(address), clock, ...(tls ? { tls } : {}) };
    const newClient = (): Http2Client =>
      new Http2Client({ ...target, limits: { connectTimeoutMs, maxWaitingRequests } });
    this.#clients = Array.from({ length: connectionCount }, newClient);
    this.#host = {
      address,
      clock,
      maxAnswerBytes: limits.maxAnswerBytes,
      fields: new RequestFields({ authority: address, scheme: tls ? "https" : "http", authorization }),
      answerHeaders: new AnswerHeaders(),
    };
  }

  start(call: OutgoingCall, onEnd: OnAttemptEnd): Attempt {
    const unary = new UnaryAttempt(this.#host, call, onEnd);
    const client = this.#clients[this.#turn++ % this.#clients.length];
    if (client) unary.start(client);
    return unary.attempt;
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }
}
