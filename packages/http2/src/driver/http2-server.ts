import type { Socket } from "node:net";
import { type Clock, systemClock, type Timer } from "@paddlewheel/core";
import { ServerConnection } from "../connection/server-connection.js";
import type { StreamHandler } from "../connection/stream-handler.js";
import { type Http2Limits, resolveHttp2Limits } from "../limits/http2-limits.js";
import { ConnectionDriver, type DriverHooks } from "./connection-driver.js";
import { FlushQueue } from "./flush-queue.js";
import { ReadTurn } from "./read-turn.js";

export interface Http2ServerOptions extends DriverHooks {
  readonly handler: StreamHandler;
  /** What is left out has the values of `defaultHttp2Limits`. */
  readonly limits?: Partial<Http2Limits>;
  readonly clock?: Clock;
  /** Spreads the ages of connections; gives numbers from 0 to below 1. Default Math.random. */
  readonly random?: () => number;
  /**
   * Reads into one buffer for all sockets instead of a new one for each read: two fifths less work for bodies of hundreds
   * of KB, and 3 % less for small calls. It uses what Node keeps to itself, where it is found. Default true.
   */
  readonly sharesReadBuffer?: boolean;
}

/** How often connections look after time, in ms: their limits are in seconds. */
const sweepIntervalMs = 1000;

/**
 * Serves HTTP/2 on sockets that someone else accepted, TCP or TLS: one timer and one flush per turn for all of them.
 * @throws RangeError when a limit is out of its range.
 */
export class Http2Server {
  readonly #handler: StreamHandler;
  readonly #limits: Http2Limits;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #hooks: DriverHooks;
  readonly #sharesReadBuffer: boolean;
  readonly #queue = new FlushQueue();
  readonly #readTurn: ReadTurn;
  readonly #drivers = new Map<Socket, ConnectionDriver<ServerConnection>>();
  #sweepTimer: Timer | undefined;
  #isShutDown = false;

  constructor(options: Http2ServerOptions) {
    this.#handler = options.handler;
    this.#limits = resolveHttp2Limits(options.limits);
    this.#clock = options.clock ?? systemClock;
    this.#readTurn = new ReadTurn(this.#clock);
    this.#random = options.random ?? Math.random;
    this.#hooks = options;
    this.#sharesReadBuffer = options.sharesReadBuffer ?? true;
  }

  /**
   * Takes over a socket.
   * @param firstBytes what was read from it already, from the preface on
   * @param handler answers the requests of this connection, where it has one of its own
   */
  serve(
    socket: Socket,
    firstBytes: Uint8Array = new Uint8Array(0),
    handler: StreamHandler = this.#handler,
  ): void {
    const limits = this.#limits;
    const clock = this.#clock;
    const driver = new ConnectionDriver({
      socket,
      limits,
      clock,
      queue: this.#queue,
      readTurn: this.#readTurn,
      hooks: this.#hooks,
      sharesReadBuffer: this.#sharesReadBuffer,
      create: (hooks) =>
        new ServerConnection({
          handler,
          limits,
          hooks,
          now: clock.now(),
          chance: this.#random(),
        }),
    });
    this.#drivers.set(socket, driver);
    socket.once("close", () => this.#drivers.delete(socket));
    this.#sweepTimer ??= this.#clock.setTimer(this.#sweep, sweepIntervalMs);
    driver.start(firstBytes);
    if (this.#isShutDown) driver.connection.shutdown();
  }

  get connectionCount(): number {
    return this.#drivers.size;
  }

  /** Requests on all connections that are not answered in full. */
  get streamCount(): number {
    let count = 0;
    for (const { connection } of this.#drivers.values()) count += connection.streamCount;
    return count;
  }

  /** Requests of one connection, all and those not answered in full; undefined when it is none of this server's. */
  requestsOn(socket: Socket): { readonly total: number; readonly open: number } | undefined {
    const connection = this.#drivers.get(socket)?.connection;
    return connection && { total: connection.requestCount, open: connection.streamCount };
  }

  /** Asks every peer to take new requests elsewhere; each connection closes when its requests are answered, and new ones after those on their way. */
  shutdown(): void {
    this.#isShutDown = true;
    for (const { connection } of this.#drivers.values()) connection.shutdown();
  }

  /** Ends every connection now; open requests are reset. */
  close(): void {
    for (const { connection } of this.#drivers.values()) connection.close();
  }

  readonly #sweep = (): void => {
    const now = this.#clock.now();
    for (const { connection } of this.#drivers.values()) connection.sweep(now);
    const isNeeded = this.#drivers.size > 0;
    this.#sweepTimer = isNeeded ? this.#clock.setTimer(this.#sweep, sweepIntervalMs) : undefined;
  };
}
