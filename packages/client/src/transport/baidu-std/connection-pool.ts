import type { ServeError } from "@paddlewheel/core";
import { closedTransport, limitReached, unsent } from "../attempt-failure.js";
import type { TransportLimits } from "../transport-options.js";
import type { Connection, ConnectionUser } from "./connection.js";
import type { ConnectionSource, OpenConnection } from "./connection-source.js";
import type { Exchange } from "./exchange.js";

export interface ConnectionPoolOptions {
  readonly address: string;
  readonly limits: TransportLimits;
  readonly open: OpenConnection;
  /** Whether a connection serves another call, or ends with its first. */
  readonly isReused: boolean;
}

/**
 * One call at a time on a connection; calls for which there is none wait in line. The connection used last is used next, so
 * that those that are too many come to rest and go.
 */
export class ConnectionPool implements ConnectionSource, ConnectionUser {
  readonly #options: ConnectionPoolOptions;
  readonly #connections = new Set<Connection>();
  readonly #free: Connection[] = [];
  readonly #waiting = new Set<Exchange>();

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
  }

  send(exchange: Exchange): ServeError | undefined {
    const free = this.#free.pop();
    if (free) return free.send(exchange);
    const { address, limits } = this.#options;
    if (this.#connections.size < limits.maxConnections) return this.#sendOnNew(exchange);
    if (this.#waiting.size >= limits.maxWaiting) {
      return limitReached(address, `${limits.maxWaiting} calls wait for a connection already`);
    }
    this.#waiting.add(exchange);
    return undefined;
  }

  /** The answer would come in the way of the next call: its connection goes. */
  takeBack(exchange: Exchange): void {
    if (!this.#waiting.delete(exchange)) exchange.connection?.destroy();
  }

  close(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const connection of [...this.#connections]) connection.destroy();
    for (const exchange of waiting) exchange.attempt.end(unsent(closedTransport()));
  }

  onFree(connection: Connection): void {
    if (!this.#options.isReused) {
      connection.destroy();
      return;
    }
    const next = this.#nextWaiting();
    if (next) this.#settle(next, connection.send(next));
    else {
      this.#free.push(connection);
      connection.rest();
    }
  }

  onLeaving(connection: Connection): void {
    const at = this.#free.indexOf(connection);
    if (at >= 0) this.#free.splice(at, 1);
  }

  onGone(connection: Connection): void {
    this.#connections.delete(connection);
    const next = this.#nextWaiting();
    if (next) this.#settle(next, this.#sendOnNew(next));
  }

  #sendOnNew(exchange: Exchange): ServeError | undefined {
    const connection = this.#options.open(this);
    this.#connections.add(connection);
    return connection.send(exchange);
  }

  #nextWaiting(): Exchange | undefined {
    for (const exchange of this.#waiting) {
      this.#waiting.delete(exchange);
      return exchange;
    }
    return undefined;
  }

  #settle(exchange: Exchange, refusal: ServeError | undefined): void {
    if (refusal) exchange.attempt.refuse(refusal);
  }
}
