import { ServeError, systemClock } from "@paddlewheel/core";
import { FlushQueue } from "@paddlewheel/http2";
import { packMessage } from "@paddlewheel/wire";
import { parseEndpoint } from "../../grpc/endpoint.js";
import { noSecurity } from "../../security/client-security.js";
import { closedTransport, unsent } from "../attempt-failure.js";
import { Deadlines } from "../deadlines.js";
import {
  type Attempt,
  CompressType,
  type HostTransport,
  type OnAttemptEnd,
  type OutgoingCall,
} from "../host-transport.js";
import { ConnectionType, type HostTransportOptions, resolveTransportLimits } from "../transport-options.js";
import { Connection, type ConnectionHost } from "./connection.js";
import { ConnectionPool } from "./connection-pool.js";
import type { ConnectionSource, OpenConnection } from "./connection-source.js";
import { Exchange, type ExchangeOwner } from "./exchange.js";
import { openSocket } from "./open-socket.js";
import { SingleConnection } from "./single-connection.js";

/** baidu_std to one host: by default on a single connection. Source: brpc's docs/en/baidu_std.md. */
export class BaiduStdTransport implements HostTransport, ExchangeOwner {
  readonly address: string;
  readonly deadlines: Deadlines;
  readonly #source: ConnectionSource;
  #isClosed = false;

  /** @throws ServeError invalidArgument for an address or a limit that is none. */
  constructor(options: HostTransportOptions) {
    const { address, security = noSecurity, clock = systemClock, connectionType } = options;
    const endpoint = parseEndpoint(address);
    this.address = address;
    this.deadlines = new Deadlines(clock);
    const host: ConnectionHost = {
      address,
      limits: resolveTransportLimits(options.limits),
      deadlines: this.deadlines,
      queue: new FlushQueue(),
      token: security.token,
      openSocket: (onOpen) => openSocket(endpoint, security.tls, onOpen),
    };
    this.#source = createSource(host, connectionType);
  }

  start(call: OutgoingCall, onEnd: OnAttemptEnd): Attempt {
    const exchange = new Exchange(call, this, onEnd);
    if (this.#isClosed) queueMicrotask(() => exchange.end(unsent(closedTransport())));
    else if (call.compressType === CompressType.none) this.#send(exchange);
    else void this.#pack(exchange);
    return exchange;
  }

  takeBack(exchange: Exchange): void {
    this.#source.takeBack(exchange);
  }

  close(): void {
    this.#isClosed = true;
    this.#source.close();
  }

  async #pack(exchange: Exchange): Promise<void> {
    const { message, compressType } = exchange.call;
    try {
      exchange.message = await packMessage(message, compressType);
      if (this.#isClosed) exchange.end(unsent(closedTransport()));
      else if (!exchange.isOver) this.#send(exchange);
    } catch (error) {
      exchange.end(unsent(ServeError.from(error)));
    }
  }

  #send(exchange: Exchange): void {
    const refusal = this.#source.send(exchange);
    if (refusal) queueMicrotask(() => exchange.end(unsent(refusal)));
  }
}

function createSource(host: ConnectionHost, type: ConnectionType = ConnectionType.single): ConnectionSource {
  const open: OpenConnection = (user) => new Connection(host, user);
  if (type === ConnectionType.single) return new SingleConnection(open);
  const isReused = type === ConnectionType.pooled;
  return new ConnectionPool({ address: host.address, limits: host.limits, open, isReused });
}
