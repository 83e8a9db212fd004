import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay, setImmediate as endOfTurn } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import {
  Code,
  type Counter,
  type Logger,
  limitCounter,
  type Metrics,
  ServeError,
  systemClock,
} from "@paddlewheel/core";
import type { ServerLimits } from "../limits.js";
import type { TlsAcceptor } from "../tls/tls-acceptor.js";
import { ConnectionCount } from "./connection-count.js";
import { connectionsWithin, openFileLimit } from "./open-file-limit.js";
import { type SniffedProtocol, sniffProtocol, type WireProtocol } from "./sniff.js";

/** Takes over a connection; `firstBytes` were read from it already, and are to be put back where that is easier. */
export type ConnectionHandler = (socket: Socket, firstBytes: Uint8Array) => void;

/** An open connection, for those who look at it. */
export interface OpenConnection {
  /** The one to read and write: of a connection that speaks TLS, inside of it once the handshake is done. */
  readonly socket: Socket;
  /** On the system's clock, in milliseconds. */
  readonly openedAt: number;
  /** Undefined until its first bytes have told. */
  readonly protocol: WireProtocol | undefined;
}

/** As the listener keeps it. */
type Connection = { -readonly [K in keyof OpenConnection]: OpenConnection[K] };

/** A stopping server gives open connections this long to bring what they have begun to send, in ms. */
const settleMs = 500;
const pollMs = 10;

export interface ListenerOptions {
  readonly handlers: Partial<Readonly<Record<WireProtocol, ConnectionHandler>>>;
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Does the handshakes of TLS; without it TLS is not spoken. */
  readonly tls?: TlsAcceptor | undefined;
}

/** Owns the port and every socket on it; gives each connection to the protocol its first bytes speak. */
export class Listener {
  readonly #handlers: ListenerOptions["handlers"];
  readonly #limits: ServerLimits;
  readonly #logger: Logger;
  readonly #server: Server;
  readonly #tls: TlsAcceptor | undefined;
  readonly #connections = new Set<Connection>();
  readonly #metrics: Metrics;
  readonly #count: ConnectionCount;
  readonly #tooSilent: Counter;
  readonly #plain: Counter;

  constructor(options: ListenerOptions) {
    this.#handlers = options.handlers;
    this.#limits = options.limits;
    this.#logger = options.logger;
    this.#tls = options.tls;
    this.#metrics = options.metrics;
    const { maxConnections, maxConnectionsPerIp } = options.limits;
    this.#count = new ConnectionCount({
      maxConnections: Math.min(maxConnections, connectionsWithin(openFileLimit())),
      maxConnectionsPerIp,
    });
    this.#tooSilent = limitCounter(options.metrics, "first_byte_timeout");
    this.#plain = limitCounter(options.metrics, "plain_connection");
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    options.metrics.observedGauge(
      { name: "paddlewheel_connections", help: "Open connections." },
      () => this.#connections.size,
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
    return this.#connections;
  }

  get connectionCount(): number {
    return this.#connections.size;
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
      if (this.#connections.size === 0 && calls.isIdle) return true;
      const isSettled = performance.now() >= settleAt;
      return (
        isSettled && calls.isIdle && [...this.#connections].every(({ socket }) => socket.writableLength === 0)
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
    for (const { socket } of this.#connections) socket.destroy();
  }

  #accept(socket: Socket): void {
    const { remoteAddress = "" } = socket;
    const refusal = this.#count.open(remoteAddress);
    if (refusal) {
      limitCounter(this.#metrics, refusal).increment();
      socket.destroy();
      return;
    }
    socket.on("close", () => this.#count.close(remoteAddress));
    const connection: Connection = { socket, openedAt: systemClock.now(), protocol: undefined };
    this.#connections.add(connection);
    socket.on("close", () => this.#connections.delete(connection));
    // A reset by the peer is the peer's right; without a listener it would end the process.
    socket.on("error", (error) => this.#logger.debug({ err: error }, "connection error"));
    this.#sniff(connection);
  }

  /**
   * Waits for the bytes that tell the protocol, and hands the socket on with them. They are not put back while others
   * are awaited: each time they are, the socket says at once that it is readable.
   */
  #sniff(connection: Connection): void {
    const { socket } = connection;
    let start: Buffer = Buffer.alloc(0);
    const onReadable = (): void => {
      const bytes: Buffer | null = socket.read();
      if (!bytes) return;
      start = Buffer.concat([start, bytes]);
      const protocol = sniffProtocol(start);
      if (!protocol) return;
      socket.off("readable", onReadable);
      socket.setTimeout(0);
      socket.removeAllListeners("timeout");
      this.#route(connection, protocol, start);
    };
    socket.setTimeout(this.#limits.firstByteTimeoutMs, () => {
      this.#tooSilent.increment();
      socket.destroy();
    });
    socket.on("readable", onReadable);
  }

  #route(connection: Connection, protocol: SniffedProtocol, firstBytes: Uint8Array): void {
    const { socket } = connection;
    const isSecure = socket instanceof TLSSocket;
    if (protocol === "tls") {
      if (this.#tls && !isSecure) this.#secure(connection, this.#tls, firstBytes);
      else this.#drop(socket, protocol);
    } else if (this.#tls && !this.#tls.isOptional && !isSecure) {
      this.#refusePlain(socket, protocol);
    } else if (isSecure && !agreesWithAlpn(socket.alpnProtocol, protocol)) {
      this.#drop(socket, protocol);
    } else {
      connection.protocol = protocol;
      this.#hand(socket, protocol, firstBytes);
    }
  }

  #secure(connection: Connection, tls: TlsAcceptor, firstBytes: Uint8Array): void {
    tls.accept(connection.socket, firstBytes, (secure) => {
      connection.socket = secure;
      this.#sniff(connection);
    });
  }

  #hand(socket: Socket, protocol: WireProtocol, firstBytes: Uint8Array): void {
    const handler = this.#handlers[protocol];
    if (handler) handler(socket, firstBytes);
    else this.#drop(socket, protocol);
  }

  #drop(socket: Socket, protocol: SniffedProtocol): void {
    this.#logger.warn({ protocol }, "connection closed: this server does not speak the protocol here");
    socket.destroy();
  }

  /** Who came by http:// is told what is wrong; for others there are no words. */
  #refusePlain(socket: Socket, protocol: WireProtocol): void {
    this.#plain.increment();
    this.#logger.info({ protocol, remoteAddress: socket.remoteAddress }, "connection refused: it is not TLS");
    if (protocol !== "http1") {
      socket.destroy();
      return;
    }
    socket.setTimeout(this.#limits.firstByteTimeoutMs, () => socket.destroy());
    socket.resume();
    socket.end(plainAnswer);
  }
}

const plainText = "this port speaks TLS only: use https://\n";
const plainAnswer = [
  "HTTP/1.1 400 Bad Request",
  "connection: close",
  "content-type: text/plain",
  `content-length: ${plainText.length}`,
  "",
  plainText,
].join("\r\n");

/** What was agreed on in the handshake, if anything, holds. Source: RFC 7301 §3.2. */
function agreesWithAlpn(agreed: string | false | null, protocol: WireProtocol): boolean {
  if (!agreed) return true;
  return protocol === (agreed === "h2" ? "http2" : "http1");
}
