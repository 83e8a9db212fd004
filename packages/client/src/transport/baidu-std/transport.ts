import { ServeError, systemClock } from "@paddlewheel/core";
import { FlushQueue } from "@paddlewheel/http2";
import { packMessage } from "@paddlewheel/wire";
import { parseEndpoint } from "../../grpc/endpoint.js";
import { noSecurity } from "../../security/client-security.js";
import { closedTransport } from "../attempt-failure.js";
import {
  type Attempt,
  CompressType,
  type HostTransport,
  type OnAttemptEnd,
  type OutgoingCall,
} from "../host-transport.js";
import {
  ConnectionType,
  checkConnections,
  type HostTransportOptions,
  resolveTransportLimits,
} from "../transport-options.js";
import { Connection, type ConnectionHost } from "./connection.js";
import { ConnectionPool } from "./connection-pool.js";
import type { ConnectionSource, OpenConnection } from "./connection-source.js";
import { Exchange } from "./exchange.js";
import { openSocket } from "./open-socket.js";
import { SharedConnections } from "./shared-connections.js";

/** baidu_std to one host: by default on a single connection. Source: brpc's docs/en/baidu_std.md. */
export class BaiduStdTransport implements HostTransport {
  readonly #host: ConnectionHost;
  readonly #source: ConnectionSource;
  #isClosed = false;

  /** @throws ServeError invalidArgument for an address, a connection type or a limit that is none. */
  constructor(options: HostTransportOptions) {
    const { address, security = noSecurity, clock = systemClock } = options;
    const endpoint = parseEndpoint(address);
    checkConnections(options, Object.values(ConnectionType), "baidu_std");
    this.#host = {
      address,
      limits: resolveTransportLimits(options.limits),
      clock,
      queue: new FlushQueue(),
      token: security.token,
      openSocket: (onOpen) => openSocket(endpoint, security.tls, onOpen),
    };
    this.#source = createSource(this.#host, options);
  }

  start(call: OutgoingCall, onEnd: OnAttemptEnd): Attempt {
    const { address, clock } = this.#host;
    const exchange = new Exchange(this.#source, { call, address, clock, onEnd });
    if (call.compressType === CompressType.none) this.#send(exchange);
    else void this.#pack(exchange);
    return exchange.attempt;
  }

  close(): void {
    this.#isClosed = true;
    this.#source.close();
  }

  async #pack(exchange: Exchange): Promise<void> {
    const { message, compressType } = exchange.call;
    try {
      exchange.message = await packMessage(message, compressType);
      if (!exchange.attempt.isOver) this.#send(exchange);
    } catch (error) {
      exchange.attempt.refuse(ServeError.from(error));
    }
  }

  #send(exchange: Exchange): void {
    const refusal = this.#isClosed ? closedTransport() : this.#source.send(exchange);
    if (refusal) exchange.attempt.refuse(refusal);
  }
}

function createSource(host: ConnectionHost, options: HostTransportOptions): ConnectionSource {
  const { connectionType = ConnectionType.single, connectionCount = 1 } = options;
  const open: OpenConnection = (user) => new Connection(host, user);
  if (connectionType === ConnectionType.single) return new SharedConnections(open, connectionCount);
  const isReused = connectionType === ConnectionType.pooled;
  return new ConnectionPool({ address: host.address, limits: host.limits, open, isReused });
}
