import type { Socket } from "node:net";
import type { Clock, Timer } from "@paddlewheel/core";
import type { ConnectionHooks, PeerError } from "../connection/connection-hooks.js";
import type { Http2Limits, LimitName } from "../limits/http2-limits.js";
import type { FlushQueue } from "./flush-queue.js";
import type { Readable, ReadTurn } from "./read-turn.js";
import { useSharedReadBuffer } from "./shared-read-buffer.js";

/** Hooks of all connections, for counters and logs. */
export interface DriverHooks {
  readonly onLimit?: (name: LimitName) => void;
  readonly onPeerError?: (error: PeerError) => void;
  readonly onFault?: (error: unknown) => void;
}

/** The end of a connection that a driver works for, serving or calling. */
export interface DrivenConnection {
  readonly state: string;
  receive(chunk: Uint8Array): void;
  /** The peer will send no more. */
  receiveEnd(): void;
  takeOutput(): readonly Buffer[];
  setUnwrittenBytes(bytes: number): void;
  /** The socket is gone; by an error, when there was one. */
  abort(cause?: Error): void;
}

export interface ConnectionDriverOptions<C extends DrivenConnection> {
  readonly socket: Socket;
  /** Makes the connection, which is to tell `hooks` what it wants. */
  readonly create: (hooks: ConnectionHooks) => C;
  readonly limits: Http2Limits;
  readonly clock: Clock;
  readonly queue: FlushQueue;
  /** Of all connections of the event loop; without it a connection reads what there is. */
  readonly readTurn?: ReadTurn;
  readonly hooks: DriverHooks;
  /** Reads into one buffer for all sockets where Node lets us. */
  readonly sharesReadBuffer: boolean;
}

/** Reading waits while the socket holds so many times `socketBufferSize`; bodies wait before that. */
const readingFactor = 4;

/** Carries bytes between a socket and a connection, and sees to it that a connection that has ended goes away. */
export class ConnectionDriver<C extends DrivenConnection> implements ConnectionHooks, Readable {
  readonly connection: C;
  readonly #socket: Socket;
  readonly #limits: Http2Limits;
  readonly #clock: Clock;
  readonly #queue: FlushQueue;
  readonly #readTurn: ReadTurn | undefined;
  readonly #hooks: DriverHooks;
  readonly #sharesReadBuffer: boolean;
  #isQueued = false;
  #closeTimer: Timer | undefined;
  #socketError: Error | undefined;

  constructor(options: ConnectionDriverOptions<C>) {
    this.#socket = options.socket;
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#queue = options.queue;
    this.#readTurn = options.readTurn;
    this.#hooks = options.hooks;
    this.#sharesReadBuffer = options.sharesReadBuffer;
    this.connection = options.create(this);
  }

  /** Takes over the socket; `firstBytes` were read from it already. */
  start(firstBytes: Uint8Array): void {
    const socket = this.#socket;
    // A reset by the peer is the peer's right, and `close` follows.
    socket.on("error", (error) => {
      this.#socketError = error;
    });
    socket.on("close", () => this.#onGone());
    socket.on("end", () => this.connection.receiveEnd());
    socket.on("drain", () => this.#onDrain());
    const receive = (chunk: Uint8Array): void => {
      this.connection.receive(chunk);
      this.#readTurn?.note(this);
    };
    socket.on("data", receive);
    if (this.#sharesReadBuffer) useSharedReadBuffer(socket, receive);
    this.connection.receive(firstBytes);
    this.onOutput();
    socket.resume();
  }

  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    if (!this.#isHeldUp) this.#socket.resume();
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
    if (this.#isHeldUp) this.#socket.pause();
  }

  /** The socket holds so much that nothing more is to be read. */
  get #isHeldUp(): boolean {
    return this.#socket.writableLength >= this.#limits.socketBufferSize * readingFactor;
  }

  #onDrain(): void {
    this.connection.setUnwrittenBytes(0);
    this.#socket.resume();
  }

  #onGone(): void {
    this.connection.abort(this.#socketError);
    this.#closeTimer?.cancel();
  }
}
