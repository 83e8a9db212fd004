import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay, setImmediate as endOfTurn } from "node:timers/promises";
import { Code, type Counter, type Logger, type Metrics, ServeError, systemClock } from "@paddlewheel/core";
import { limitCounter } from "../limit-counter.js";
import type { ServerLimits } from "../limits.js";
import { sniffProtocol, type WireProtocol } from "./sniff.js";

/** Takes over a connection; `firstBytes` were read from it already, and are to be put back where that is easier. */
export type ConnectionHandler = (socket: Socket, firstBytes: Uint8Array) => void;

/** An open connection, for those who look at it. */
export interface OpenConnection {
  readonly socket: Socket;
  /** On the system's clock, in milliseconds. */
  readonly openedAt: number;
  /** Undefined until its first bytes have told. */
  readonly protocol: WireProtocol | undefined;
}

/** A stopping server gives open connections this long to bring what they have begun to send, in ms. */
const settleMs = 500;
const pollMs = 10;

export interface ListenerOptions {
  readonly handlers: Partial<Readonly<Record<WireProtocol, ConnectionHandler>>>;
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Owns the port and every socket on it; gives each connection to the protocol its first bytes speak. */
export class Listener {
  readonly #handlers: ListenerOptions["handlers"];
  readonly #limits: ServerLimits;
  readonly #logger: Logger;
  readonly #server: Server;
  readonly #sockets = new Map<Socket, OpenConnection>();
  readonly #tooMany: Counter;
  readonly #tooSilent: Counter;

  constructor(options: ListenerOptions) {
    this.#handlers = options.handlers;
    this.#limits = options.limits;
    this.#logger = options.logger;
    this.#tooMany = limitCounter(options.metrics, "max_connections");
    this.#tooSilent = limitCounter(options.metrics, "first_byte_timeout");
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    options.metrics.observedGauge(
      { name: "paddlewheel_connections", help: "Open connections." },
      () => this.#sockets.size,
    );
  }

  /** @throws ServeError unavailable when the address cannot be bound. */
  async listen(port: number, host: string): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => {
        const reason = error.code === "EADDRINUSE" ? "another program listens there" : error.message;
        reject(
          new ServeError(Code.unavailable, `cannot listen on ${host}:${port}: ${reason}`, { cause: error }),
        );
      });
      this.#server.listen(port, host, resolve);
    });
    return this.#server.address() as AddressInfo;
  }

  /** What is open now. */
  connections(): Iterable<OpenConnection> {
    return this.#sockets.values();
  }

  get connectionCount(): number {
    return this.#sockets.size;
  }

  /** Refuses new connections from now on; open ones go on. */
  stopAccepting(): void {
    this.#server.close();
  }

  /**
   * Waits until the last call is answered and its bytes are on their way, at most `timeoutMs`; tells whether it was.
   * Connections that are merely open do not count.
   */
  async drain(calls: { readonly isIdle: boolean }, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    const settleAt = performance.now() + settleMs;
    const isDone = (): boolean => {
      if (this.#sockets.size === 0 && calls.isIdle) return true;
      const isSettled = performance.now() >= settleAt;
      return (
        isSettled && calls.isIdle && [...this.#sockets.keys()].every((socket) => socket.writableLength === 0)
      );
    };
    while (!isDone()) {
      if (performance.now() >= deadline) return false;
      await delay(pollMs);
      // Answers made in this turn are handed to their sockets at its end.
      await endOfTurn();
    }
    return true;
  }

  /** Ends every connection at once, whatever it is doing. */
  destroyConnections(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  #accept(socket: Socket): void {
    if (this.#sockets.size >= this.#limits.maxConnections) {
      this.#tooMany.increment();
      socket.destroy();
      return;
    }
    this.#sockets.set(socket, { socket, openedAt: systemClock.now(), protocol: undefined });
    socket.on("close", () => this.#sockets.delete(socket));
    // A reset by the peer is the peer's right; without a listener it would end the process.
    socket.on("error", (error) => this.#logger.debug({ err: error }, "connection error"));
    socket.setTimeout(this.#limits.firstByteTimeoutMs, () => {
      this.#tooSilent.increment();
      socket.destroy();
    });
    this.#sniff(socket);
  }

  /**
   * Waits for the bytes that tell the protocol, and hands the socket on with them. They are not put back while others
   * are awaited: each time they are, the socket says at once that it is readable.
   */
  #sniff(socket: Socket): void {
    let start: Buffer = Buffer.alloc(0);
    const onReadable = (): void => {
      const bytes: Buffer | null = socket.read();
      if (!bytes) return;
      start = Buffer.concat([start, bytes]);
      const protocol = sniffProtocol(start);
      if (!protocol) return;
      socket.off("readable", onReadable);
      this.#note(socket, protocol);
      this.#hand(socket, protocol, start);
    };
    socket.on("readable", onReadable);
  }

  #note(socket: Socket, protocol: WireProtocol): void {
    const connection = this.#sockets.get(socket);
    if (connection) this.#sockets.set(socket, { ...connection, protocol });
  }

  #hand(socket: Socket, protocol: WireProtocol, firstBytes: Uint8Array): void {
    socket.setTimeout(0);
    socket.removeAllListeners("timeout");
    const handler = this.#handlers[protocol];
    if (handler) {
      handler(socket, firstBytes);
    } else {
      this.#logger.warn({ protocol }, "connection closed: this server does not speak the protocol");
      socket.destroy();
    }
  }
}
