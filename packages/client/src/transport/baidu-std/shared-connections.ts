import type { ServeError } from "@paddlewheel/core";
import type { Connection, ConnectionUser } from "./connection.js";
import type { ConnectionSource, OpenConnection } from "./connection-source.js";
import type { Exchange } from "./exchange.js";

/**
 * All calls on one connection, or taking turns on a few. One is opened for its first call and replaced when it ends or the
 * server leaves it.
 */
export class SharedConnections implements ConnectionSource, ConnectionUser {
  readonly #open: OpenConnection;
  /** The one in each place that takes calls. */
  readonly #current: (Connection | undefined)[];
  /** All whose sockets are not closed; those that were left may still bring answers. */
  readonly #connections = new Set<Connection>();
  #turn = 0;

  constructor(open: OpenConnection, count: number) {
    this.#open = open;
    this.#current = Array.from({ length: count });
  }

  send(exchange: Exchange): ServeError | undefined {
    const place = this.#turn++ % this.#current.length;
    const connection = this.#current[place] ?? this.#openAt(place);
    return connection.send(exchange);
  }

  takeBack(exchange: Exchange): void {
    exchange.connection?.forget(exchange);
  }

  close(): void {
    for (const connection of [...this.#connections]) connection.destroy();
  }

  onFree(): void {
    // It stays open: the next call needs it.
  }

  onLeaving(connection: Connection): void {
    const place = this.#current.indexOf(connection);
    if (place >= 0) this.#current[place] = undefined;
  }

  onGone(connection: Connection): void {
    this.#connections.delete(connection);
  }

  #openAt(place: number): Connection {
    const connection = this.#open(this);
    this.#connections.add(connection);
    this.#current[place] = connection;
    return connection;
  }
}
