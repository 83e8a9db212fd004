import type { Socket } from "node:net";
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from "node:tls";
import { type Clock, type Counter, type Logger, limitCounter, type Metrics } from "@paddlewheel/core";
import type { ServerLimits } from "../limits.js";
import { FileWatch } from "../reload/file-watch.js";
import { readTlsMaterial, type TlsMaterial, validityWarning } from "./tls-material.js";
import type { TlsOptions } from "./tls-options.js";

export interface TlsAcceptorOptions {
  readonly tls: TlsOptions;
  readonly limits: ServerLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Does the handshakes of a server on sockets that its listener accepted, with the certificate that is valid now. */
export class TlsAcceptor {
  /** Whether plain connections are taken as well. */
  readonly isOptional: boolean;
  readonly #options: TlsAcceptorOptions;
  readonly #server: Server;
  readonly #watch: FileWatch;
  readonly #tooSlow: Counter;
  readonly #done: Counter;
  readonly #failed: Counter;
  /** Who waits for a handshake, by the two ends of the connection: a TLSSocket does not tell what it was made of. */
  readonly #waiting = new Map<string, (socket: TLSSocket) => void>();
  #material: TlsMaterial;

  /** @throws ServeError invalidConf with every fault of the files. */
  constructor(options: TlsAcceptorOptions) {
    const { tls, limits, clock, metrics } = options;
    this.#options = options;
    this.isOptional = tls.isOptional ?? false;
    const files = [tls.certFile, tls.keyFile, ...(tls.caFile === undefined ? [] : [tls.caFile])];
    this.#watch = new FileWatch({ files, clock, onChange: () => this.#reload() });
    this.#material = readTlsMaterial(tls);
    this.#tooSlow = limitCounter(metrics, "handshake_timeout");
    this.#done = handshakeCounter(metrics, "done");
    this.#failed = handshakeCounter(metrics, "failed");
    const asks = tls.caFile !== undefined;
    this.#server = createServer({
      ...contextOptions(this.#material, tls),
      ALPNProtocols: ["h2", "http/1.1"],
      handshakeTimeout: limits.handshakeTimeoutMs,
      requestCert: asks,
      rejectUnauthorized: asks && tls.clientAuth !== "request",
    });
    this.#server.on("secureConnection", (socket) => this.#onSecure(socket));
    this.#server.on("tlsClientError", (error, socket) => this.#onFailure(error, socket));
    metrics.observedGauge(
      {
        name: "paddlewheel_tls_certificate_expiry_seconds",
        help: "When the server's certificate expires, in seconds since 1970.",
        acrossProcesses: "each",
      },
      () => Date.parse(this.#material.certificate.validTo) / 1000,
    );
  }

  /** Watches the files from now on. */
  start(): void {
    this.#warn();
    this.#watch.start();
  }

  close(): void {
    this.#watch.close();
  }

  /** Does the handshake; `onSecure` gets the socket to go on with. A socket whose handshake fails is destroyed. */
  accept(socket: Socket, firstBytes: Uint8Array, onSecure: (socket: TLSSocket) => void): void {
    const ends = endsOf(socket);
    this.#waiting.set(ends, onSecure);
    socket.once("close", () => {
      // The next connection may have the same ends.
      if (this.#waiting.get(ends) === onSecure) this.#waiting.delete(ends);
    });
    socket.unshift(firstBytes);
    this.#server.emit("connection", socket);
  }

  #onSecure(socket: TLSSocket): void {
    // What a peer does to its own connection is its right; without a listener it would end the process.
    socket.on("error", (error) => this.#options.logger.debug({ err: error }, "connection error"));
    const onSecure = this.#waiting.get(endsOf(socket));
    if (!onSecure || showsBadCertificate(socket)) {
      this.#onFailure(undefined, socket);
      return;
    }
    this.#waiting.delete(endsOf(socket));
    this.#done.increment();
    socket.disableRenegotiation();
    onSecure(socket);
  }

  #onFailure(error: NodeJS.ErrnoException | undefined, socket: TLSSocket): void {
    const isTooSlow = error?.code === "ERR_TLS_HANDSHAKE_TIMEOUT";
    (isTooSlow ? this.#tooSlow : this.#failed).increment();
    const { remoteAddress, authorizationError } = socket;
    const reason = String(authorizationError ?? error?.message ?? "the connection is gone");
    this.#options.logger.info({ remoteAddress, reason }, "TLS handshake failed");
    socket.destroy();
  }

  /** Connections that are open go on with what they have; sessions of before are not resumed. */
  #reload(): void {
    const { tls, logger } = this.#options;
    try {
      const material = readTlsMaterial(tls);
      this.#server.setSecureContext(contextOptions(material, tls));
      this.#material = material;
    } catch (error) {
      logger.error({ err: error }, "the certificate stays as it was: its files have faults");
      return;
    }
    logger.info({ validTo: this.#material.certificate.validTo }, "the certificate was read again");
    this.#warn();
  }

  #warn(): void {
    const warning = validityWarning(this.#material.certificate, Date.now());
    if (warning !== undefined) this.#options.logger.warn({ certFile: this.#options.tls.certFile }, warning);
  }
}

function contextOptions(
  { cert, key, ca }: TlsMaterial,
  { minVersion = "1.2" }: TlsOptions,
): SecureContextOptions {
  return { cert, key, minVersion: `TLSv${minVersion}`, ...(ca ? { ca } : {}) };
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return [remoteAddress, remotePort, localAddress, localPort].join();
}

/** Where a certificate may be left out: a session that is resumed without one counts as authorized, too. */
function showsBadCertificate(socket: TLSSocket): boolean {
  return !socket.authorized && socket.getPeerX509Certificate() !== undefined;
}

function handshakeCounter(metrics: Metrics, outcome: string): Counter {
  return metrics.counter({
    name: "paddlewheel_tls_handshakes_total",
    help: "TLS handshakes that were done, and that failed by their peer or for want of a good certificate.",
    labels: { outcome },
  });
}
