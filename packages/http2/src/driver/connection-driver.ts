import type { Socket } from "node:net";
import type { Clock, Timer } from "@paddlewheel/core";
import type { ConnectionHooks, PeerError } from "../connection/connection-hooks.js";
import { ServerConnection } from "../connection/server-connection.js";
import type { StreamHandler } from "../connection/stream-handler.js";
import type { Http2Limits, LimitName } from "../limits/http2-limits.js";
import type { FlushQueue } from "./flush-queue.js";
import { useSharedReadBuffer } from "./shared-read-buffer.js";

/** Hooks of all connections, for counters and logs. */
export interface DriverHooks {
  readonly onLimit?: (name: LimitName) => void;
  readonly onPeerError?: (error: PeerError) => void;
  readonly onFault?: (error: unknown) => void;
}

export interface ConnectionDriverOptions {
  readonly socket: Socket;
  readonly handler: StreamHandler;
  readonly limits: Http2Limits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly queue: FlushQueue;
  readonly hooks: DriverHooks;
  /** Reads into one buffer for all sockets where Node lets us. */
  readonly sharesReadBuffer: boolean;
}

/** Reading waits while the socket holds so many times `socketBufferSize`; bodies wait before that. */
const readingFactor = 4;

/** Carries bytes between a socket and a ServerConnection, and sees to it that a connection that has ended goes away. */
export class ConnectionDriver implements ConnectionHooks {
  readonly connection: ServerConnection;
  readonly #socket: Socket;
  readonly #limits: Http2Limits;
  readonly #clock: Clock;
  readonly #queue: FlushQueue;
  readonly #hooks: DriverHooks;
  readonly #sharesReadBuffer: boolean;
  #isQueued = false;
  #closeTimer: Timer | undefined;

  constructor(options: ConnectionDriverOptions) {
    const { socket, handler, limits, clock } = options;
    this.#socket = socket;
    this.#limits = limits;
    this.#clock = clock;
    this.#queue = options.queue;
    this.#hooks = options.hooks;
    this.#sharesReadBuffer = options.sharesReadBuffer;
    const chance = options.random();
    this.connection = new ServerConnection({ handler, limits, hooks: this, now: clock.now(), chance });
  }

  /** Takes over the socket; `firstBytes` were read from it already. */
  start(firstBytes: Uint8Array): void {
    const socket = this.#socket;
    // A reset by the peer is the peer's right, and `close` follows.
    socket.on("error", () => {});
    socket.on("close", () => this.#onGone());
    socket.on("end", () => this.connection.close());
    socket.on("drain", () => this.#onDrain());
    const receive = (chunk: Uint8Array): void => this.connection.receive(chunk);
    socket.on("data", receive);
    if (this.#sharesReadBuffer) useSharedReadBuffer(socket, receive);
    this.connection.receive(firstBytes);
    this.onOutput();
    socket.resume();
  }

  /** Writes what the connection has to say. */
  flush(): void {
    this.#isQueued = false;
    const socket = this.#socket;
    const pieces = this.connection.takeOutput();
    if (socket.destroyed) return;
    if (pieces.length > 1) socket.cork();
    for (const piece of pieces) socket.write(piece);
    if (pieces.length > 1) socket.uncork();
    if (this.connection.state === "closed") socket.end();
    else this.#settle();
  }

  onOutput(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#queue.add(this);
  }

  /** The socket is destroyed after a while whatever becomes of the last bytes: a peer need not read them. */
  onClose(): void {
    this.onOutput();
    this.#closeTimer = this.#clock.setTimer(() => this.#socket.destroy(), this.#limits.closeTimeoutMs);
  }

  onLimit(name: LimitName): void {
    this.#hooks.onLimit?.(name);
  }

  onPeerError(error: PeerError): void {
    this.#hooks.onPeerError?.(error);
  }

  onFault(error: unknown): void {
    this.#hooks.onFault?.(error);
  }

  /** Lets answers and reading wait or go on, by what the socket holds. */
  #settle(): void {
    const { writableLength } = this.#socket;
    this.connection.setUnwrittenBytes(writableLength);
    if (writableLength >= this.#limits.socketBufferSize * readingFactor) this.#socket.pause();
  }

  #onDrain(): void {
    this.connection.setUnwrittenBytes(0);
    this.#socket.resume();
  }

  #onGone(): void {
    this.connection.abort();
    this.#closeTimer?.cancel();
  }
}
