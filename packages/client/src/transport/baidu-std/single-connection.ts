import type { ServeError } from "@paddlewheel/core";
import type { Connection, ConnectionUser } from "./connection.js";
import type { ConnectionSource, OpenConnection } from "./connection-source.js";
import type { Exchange } from "./exchange.js";

/** All calls on one connection, which is opened for the first and replaced when it ends or the server leaves it. */
export class SingleConnection implements ConnectionSource, ConnectionUser {
  readonly #open: OpenConnection;
  #current: Connection | undefined;
  /** Left, with calls on them that may still be answered. */
  readonly #left = new Set<Connection>();

  constructor(open: OpenConnection) {
    this.#open = open;
  }

  send(exchange: Exchange): ServeError | undefined {
    this.#current ??= this.#open(this);
    return this.#current.send(exchange);
  }

  takeBack(exchange: Exchange): void {
    exchange.connection?.forget(exchange);
  }

  close(): void {
    for (const connection of this.#left) connection.destroy();
    this.#current?.destroy();
  }

  onFree(): void {
    // It stays open: the next call needs it.
  }

  onLeaving(connection: Connection): void {
    if (this.#current === connection) this.#current = undefined;
    this.#left.add(connection);
  }

  onGone(connection: Connection): void {
    this.#left.delete(connection);
  }
}
