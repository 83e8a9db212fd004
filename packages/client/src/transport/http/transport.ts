import { Agent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { systemClock } from "@paddlewheel/core";
import { parseEndpoint } from "../../grpc/endpoint.js";
import { noSecurity } from "../../security/client-security.js";
import { closedTransport, limitReached } from "../attempt-failure.js";
import type { Attempt, HostTransport, OnAttemptEnd, OutgoingCall } from "../host-transport.js";
import {
  ConnectionType,
  checkConnections,
  type HostTransportOptions,
  resolveTransportLimits,
} from "../transport-options.js";
import { checkServicePath } from "./body-options.js";
import { UnaryAttempt, type UnaryHost } from "./unary-attempt.js";

/** HTTP/1.1 with bodies of protobuf or JSON to one host, on pooled connections by default. */
export class HttpHostTransport implements HostTransport {
  readonly #host: UnaryHost;
  #isClosed = false;

  /** @throws ServeError invalidArgument for an address, a connection type, a limit or a path that is none. */
  constructor(options: HostTransportOptions) {
    const { address, security = noSecurity, clock = systemClock, connectionType, http = {} } = options;
    checkConnections(options, [ConnectionType.pooled, ConnectionType.short], "http");
    checkServicePath(http.servicePath);
    const limits = resolveTransportLimits(options.limits);
    const { tls, authorization } = security;
    const agentOptions = {
      keepAlive: connectionType !== ConnectionType.short,
      maxSockets: limits.maxConnections,
      maxFreeSockets: limits.maxConnections,
      // Of a connection at rest; the agent takes no notice of it while a call is on it.
      timeout: limits.idleTimeoutMs,
      scheduling: "lifo" as const,
    };
    this.#host = {
      address,
      endpoint: parseEndpoint(address),
      isTls: tls !== undefined,
      agent: tls ? new TlsAgent({ ...tls, ...agentOptions }) : new Agent(agentOptions),
      clock,
      limits,
      authorization,
      body: http,
      attempts: new Set(),
    };
  }

  start(call: OutgoingCall, onEnd: OnAttemptEnd): Attempt {
    const { address, attempts, limits } = this.#host;
    const isFull = attempts.size >= limits.maxConnections + limits.maxWaiting;
    const unary = new UnaryAttempt(this.#host, call, onEnd);
    if (this.#isClosed) unary.attempt.refuse(closedTransport());
    else if (isFull) {
      const reason = `${limits.maxWaiting} calls wait for a connection already`;
      unary.attempt.refuse(limitReached(address, reason));
    } else void unary.start();
    return unary.attempt;
  }

  close(): void {
    this.#isClosed = true;
    for (const attempt of [...this.#host.attempts]) attempt.close();
    this.#host.agent.destroy();
  }
}
