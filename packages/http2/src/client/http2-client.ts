import { type Clock, systemClock, type Timer } from "@paddlewheel/core";
import { ConnectionDriver, type DriverHooks } from "../driver/connection-driver.js";
import { FlushQueue } from "../driver/flush-queue.js";
import { ClientConnection } from "./client-connection.js";
import { type ClientLimits, type ResolvedClientLimits, resolveClientLimits } from "./client-limits.js";
import type { ClientRequest, ClientStream, StreamReset } from "./client-request.js";
import { openSocket, type SocketTarget } from "./open-socket.js";
import { planBackoff } from "./plan-backoff.js";
import { RepeatedRequest, type Route } from "./repeated-request.js";
import { clientClosed } from "./reset-reasons.js";

export interface Http2ClientOptions extends DriverHooks, SocketTarget {
  /** What is left out has the values of `defaultClientLimits`. */
  readonly limits?: Partial<ClientLimits>;
  readonly clock?: Clock;
  /** Spreads the times of new attempts; gives numbers from 0 to below 1. Default Math.random. */
  readonly random?: () => number;
}

/** How often connections look after time, in ms: their limits are in seconds. */
const sweepIntervalMs = 1000;

/**
 * Calls one server over HTTP/2, on one connection at a time: it is made for the first request, replaced when the server
 * leaves it or it breaks, and closed when it was idle for long. After a failure to connect, requests fail at once with its
 * reason until a backoff is over; there are no attempts that nobody waits for. A client without requests under way keeps
 * no process alive.
 *
 * Requests have no timeout: whoever sends one resets it when its time is up.
 * @throws RangeError when a limit is out of its range.
 */
export class Http2Client {
  readonly #options: Http2ClientOptions;
  readonly #limits: ResolvedClientLimits;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #queue = new FlushQueue();
  readonly #drivers = new Set<ConnectionDriver<ClientConnection>>();
  /** Takes the next request. */
  #current: ClientConnection | undefined;
  /** Connections that failed one after the other, before they had brought any answer. */
  #failureCount = 0;
  #failure: StreamReset | undefined;
  #retryAt = 0;
  #sweepTimer: Timer | undefined;
  #isClosed = false;

  constructor(options: Http2ClientOptions) {
    this.#options = options;
    this.#limits = resolveClientLimits(options.limits);
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
  }

  /** Sends a request; what is sent in one turn of the event loop leaves in one write. */
  request(request: ClientRequest): ClientStream {
    const repeated = new RepeatedRequest(request, this.#findRoute);
    repeated.send();
    return repeated;
  }

  /** Open ones and those that are being made or closed. */
  get connectionCount(): number {
    return this.#drivers.size;
  }

  /** Ends the connections and the requests on them. Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const { connection } of this.#drivers) connection.close();
  }

  readonly #findRoute = (): Route => {
    if (this.#isClosed) return { failure: clientClosed };
    if (this.#current) return { connection: this.#current };
    if (this.#failure && this.#clock.now() < this.#retryAt) return { failure: this.#failure };
    this.#current = this.#connect();
    return { connection: this.#current };
  };

  #connect(): ClientConnection {
    const limits = this.#limits;
    const clock = this.#clock;
    const socket = openSocket(this.#options, (chunk) => driver.connection.receive(chunk));
    const driver = new ConnectionDriver({
      socket,
      limits,
      clock,
      queue: this.#queue,
      hooks: this.#options,
      sharesReadBuffer: false,
      create: (hooks): ClientConnection =>
        new ClientConnection({
          hooks,
          limits,
          now: clock.now(),
          onLeaving: (why) => this.#onLeaving(driver.connection, why),
          onBusy: (isBusy) => (isBusy ? socket.ref() : socket.unref()),
        }),
    });
    const timeout = clock.setTimer(() => {
      const late = new Error(`no connection within ${limits.connectTimeoutMs} ms`);
      socket.destroy(Object.assign(late, { code: "ETIMEDOUT" }));
    }, limits.connectTimeoutMs);
    socket.once(this.#options.tls ? "secureConnect" : "connect", () => timeout.cancel());
    socket.once("close", () => {
      timeout.cancel();
      this.#drivers.delete(driver);
    });
    this.#drivers.add(driver);
    this.#sweepTimer ??= clock.setTimer(this.#sweep, sweepIntervalMs);
    driver.start(noBytes);
    return driver.connection;
  }

  /** The next request gets another connection: at once, unless this one was of no use. */
  #onLeaving(connection: ClientConnection, why: StreamReset): void {
    this.#current = undefined;
    if (connection.hasServed) {
      this.#failureCount = 0;
    } else if (why.by === "connection") {
      this.#failureCount++;
      this.#failure = { ...why, isUnprocessed: true };
      this.#retryAt = this.#clock.now() + planBackoff(this.#failureCount, this.#limits, this.#random());
    }
  }

  readonly #sweep = (): void => {
    const now = this.#clock.now();
    for (const { connection } of this.#drivers) connection.sweep(now);
    const isNeeded = this.#drivers.size > 0;
    this.#sweepTimer = isNeeded ? this.#clock.setTimer(this.#sweep, sweepIntervalMs) : undefined;
  };
}

const noBytes = new Uint8Array(0);
