import type { ServeError } from "@paddlewheel/core";
import type { Connection, ConnectionUser } from "./connection.js";
import type { Exchange } from "./exchange.js";

/** Opens a connection for its user. */
export type OpenConnection = (user: ConnectionUser) => Connection;

/** Brings calls onto connections; one implementation for each way of sharing them. */
export interface ConnectionSource {
  /** Sends the exchange, now or when a connection is free; gives the error when that cannot be. */
  send(exchange: Exchange): ServeError | undefined;
  /** Nobody waits for the answer any more. */
  takeBack(exchange: Exchange): void;
  /** Calls under way end with `cancelled`. */
  close(): void;
}
