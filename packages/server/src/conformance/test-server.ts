import { defineMethod, type MessageCodec, type RpcService, type TraceSink } from "@paddlewheel/core";
import { ManualClock, RecordingLogger } from "@paddlewheel/core/testing";
import type { Authenticator } from "../auth/authenticator.js";
import { BaiduStdTransport } from "../baidu-std/transport.js";
import { GrpcTransport } from "../grpc/transport.js";
import { GrpcJsTransport } from "../grpc-js/transport.js";
import { Http2Handler } from "../http/http2-handler.js";
import { HttpRouter } from "../http/router.js";
import { HttpTransport } from "../http/transport.js";
import { defaultLimits, type ServerLimits } from "../limits.js";
import { Listener } from "../listener/listener.js";
import { PromMetrics } from "../observe/prom-metrics.js";
import { CallGate } from "../rpc/call-gate.js";
import { CallTracer } from "../rpc/call-tracer.js";
import type { GrpcEngine, GrpcHost } from "../rpc/grpc-host.js";
import { ServiceDirectory } from "../rpc/service-directory.js";
import { TlsAcceptor } from "../tls/tls-acceptor.js";
import type { TlsOptions } from "../tls/tls-options.js";

/** Messages that are plain text on every wire. */
const textCodec: MessageCodec<string> = {
  typeName: "test.Text",
  decode: (bytes) => Buffer.from(bytes).toString("utf8"),
  encode: (message) => Buffer.from(message),
  decodeJson: (text) => text,
  encodeJson: (message) => message,
};

export type Handler = Parameters<typeof defineMethod<string, string>>[0]["handle"];

/** A service `test.Echo` whose methods are the given handlers. */
export function textService(handlers: Readonly<Record<string, Handler>>): RpcService {
  return {
    name: "test.Echo",
    methods: Object.entries(handlers).map(([name, handle]) =>
      defineMethod<string, string>({ name, request: textCodec, response: textCodec, handle }),
    ),
  };
}

/** The transports on one port, without models. */
export class TestServer {
  readonly metrics: PromMetrics = new PromMetrics();
  readonly logger: RecordingLogger = new RecordingLogger();
  readonly directory: ServiceDirectory = new ServiceDirectory();
  readonly gate: CallGate;
  readonly router: HttpRouter;
  readonly http: HttpTransport;
  /** What comes over HTTP/2 and is not gRPC. */
  readonly http2: Http2Handler;
  readonly grpc: GrpcHost;
  readonly baiduStd: BaiduStdTransport;
  readonly listener: Listener;
  /** Of TLS's look at its files, and baidu_std's at its connections. */
  readonly clock: ManualClock = new ManualClock();
  readonly tls: TlsAcceptor | undefined;
  port = 0;

  constructor(
    services: readonly RpcService[],
    limits: Partial<ServerLimits> = {},
    options: {
      readonly grpc?: GrpcEngine;
      readonly isOnRequest?: boolean;
      readonly sink?: TraceSink;
      readonly authenticator?: Authenticator;
      readonly tls?: TlsOptions;
      readonly corsOrigins?: readonly string[] | undefined;
    } = {},
  ) {
    const shared = { limits: { ...defaultLimits, ...limits }, logger: this.logger, metrics: this.metrics };
    const { directory } = this;
    const tracer = new CallTracer({ isOnRequest: true, sink: undefined, logger: this.logger, ...options });
    this.gate = new CallGate({ ...shared, directory, tracer, authenticator: options.authenticator });
    this.router = new HttpRouter({ ...shared, gate: this.gate, directory, corsOrigins: options.corsOrigins });
    this.http = new HttpTransport({ ...shared, router: this.router });
    this.http2 = new Http2Handler({ ...shared, router: this.router });
    const Grpc = options.grpc === "grpc-js" ? GrpcJsTransport : GrpcTransport;
    this.grpc = new Grpc({ ...shared, gate: this.gate, otherwise: this.http2 });
    for (const service of services) {
      directory.register(service);
      this.grpc.register(service);
    }
    this.grpc.addReflection();
    this.baiduStd = new BaiduStdTransport({ ...shared, gate: this.gate, directory, clock: this.clock });
    const handlers = {
      http1: this.http.handle.bind(this.http),
      http2: this.grpc.handle.bind(this.grpc),
      baidu_std: this.baiduStd.handle.bind(this.baiduStd),
    };
    this.tls = options.tls && new TlsAcceptor({ ...shared, tls: options.tls, clock: this.clock });
    this.listener = new Listener({ ...shared, handlers, tls: this.tls });
  }

  async start(): Promise<this> {
    const { port } = await this.listener.listen(0, "127.0.0.1");
    this.port = port;
    this.tls?.start();
    this.gate.open();
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.tls?.close();
    this.listener.stopAccepting();
    this.listener.destroyConnections();
    this.http.close();
    this.http2.close();
    this.grpc.close();
    this.baiduStd.close();
  }
}
