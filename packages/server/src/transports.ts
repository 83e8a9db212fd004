import type { Socket } from "node:net";
import type { Logger, Metrics, RpcService } from "@paddlewheel/core";
import { BaiduStdTransport } from "./baidu-std/transport.js";
import { createGrpcHost } from "./create-grpc-host.js";
import { Http2Handler } from "./http/http2-handler.js";
import type { HttpRouter } from "./http/router.js";
import { HttpTransport } from "./http/transport.js";
import type { ServerLimits } from "./limits.js";
import type { ListenerOptions } from "./listener/listener.js";
import type { CallGate } from "./rpc/call-gate.js";
import type { GrpcEngine, GrpcHost } from "./rpc/grpc-host.js";
import type { RequestCounts } from "./rpc/request-counts.js";
import type { ServiceDirectory } from "./rpc/service-directory.js";

export interface TransportsOptions {
  readonly gate: CallGate;
  readonly directory: ServiceDirectory;
  readonly router: HttpRouter;
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Every protocol of the port, as one. */
export class Transports {
  readonly #options: TransportsOptions;
  readonly #http: HttpTransport;
  readonly #plainHttp2: Http2Handler;
  readonly #baiduStd: BaiduStdTransport;
  /** From `open` on. */
  #grpc: GrpcHost | undefined;

  constructor(options: TransportsOptions) {
    this.#options = options;
    this.#http = new HttpTransport(options);
    this.#plainHttp2 = new Http2Handler(options);
    this.#baiduStd = new BaiduStdTransport(options);
  }

  /** Who takes a connection, by its first bytes. */
  get handlers(): ListenerOptions["handlers"] {
    return {
      http1: (socket, firstBytes) => this.#http.handle(socket, firstBytes),
      http2: (socket, firstBytes) => this.#grpc?.handle(socket, firstBytes),
      baidu_std: (socket, firstBytes) => this.#baiduStd.handle(socket, firstBytes),
    };
  }

  /** Hosts the services registered so far; before the first connection. */
  async open(engine: GrpcEngine): Promise<void> {
    const grpc = await createGrpcHost(engine, { ...this.#options, otherwise: this.#plainHttp2 });
    for (const service of this.#options.directory.services().filter(isOnGrpc)) grpc.register(service);
    grpc.addReflection();
    this.#grpc = grpc;
  }

  /** What the health services of the protocols say. */
  setServing(isServing: boolean): void {
    this.#grpc?.setServing(isServing);
    this.#baiduStd.setServing(isServing);
  }

  /** Every answer has left, or its peer is gone. */
  get isIdle(): boolean {
    return this.#http.isIdle && this.#baiduStd.isIdle && (this.#grpc?.isIdle ?? true);
  }

  /** Undefined for a connection whose protocol does not count them. */
  requestsOn(socket: Socket): RequestCounts | undefined {
    return (
      this.#http.requestsOn(socket) ?? this.#grpc?.requestsOn(socket) ?? this.#baiduStd.requestsOn(socket)
    );
  }

  /** HTTP ends its connections with the answers they wait for; it is told while new ones may still come. */
  drainHttp(): void {
    this.#http.drain();
    this.#plainHttp2.drain();
  }

  /** Tells the peers of the other protocols to send no more; calls at work go on. */
  drain(): void {
    this.#grpc?.drain();
    this.#baiduStd.drain();
  }

  /** Ends every connection. */
  close(): void {
    this.#http.close();
    this.#plainHttp2.close();
    this.#grpc?.close();
    this.#baiduStd.close();
  }
}

function isOnGrpc({ protocols }: RpcService): boolean {
  return protocols?.includes("grpc") ?? true;
}
