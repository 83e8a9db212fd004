import type { AddressInfo } from "node:net";
import type { Logger, Metrics } from "@paddlewheel/core";
import type { Http2Server } from "@paddlewheel/http2";
import { Http2Handler } from "../http/http2-handler.js";
import { HttpRouter } from "../http/router.js";
import { HttpTransport } from "../http/transport.js";
import type { ServerLimits } from "../limits.js";
import { Listener } from "../listener/listener.js";
import type { CallGate } from "../rpc/call-gate.js";
import { createHttp2Server } from "../rpc/create-http2-server.js";
import { ServiceDirectory } from "../rpc/service-directory.js";

export interface InternalPortOptions {
  readonly gate: CallGate;
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A port with pages and without services, over HTTP/1.1 and HTTP/2: for those who look after the server. */
export class InternalPort {
  readonly router: HttpRouter;
  readonly #http: HttpTransport;
  readonly #http2: Http2Server;
  readonly #http2Handler: Http2Handler;
  readonly #listener: Listener;

  constructor(options: InternalPortOptions) {
    this.router = new HttpRouter({ ...options, directory: new ServiceDirectory() });
    const shared = { ...options, router: this.router };
    this.#http = new HttpTransport(shared);
    this.#http2Handler = new Http2Handler(shared);
    this.#http2 = createHttp2Server(this.#http2Handler, options);
    this.#listener = new Listener({
      ...options,
      handlers: {
        http1: (socket, firstBytes) => this.#http.handle(socket, firstBytes),
        http2: (socket, firstBytes) => this.#http2.serve(socket, firstBytes),
      },
    });
  }

  /** @throws ServeError unavailable when the address cannot be bound. */
  listen(port: number, host: string): Promise<AddressInfo> {
    return this.#listener.listen(port, host);
  }

  close(): void {
    this.#listener.stopAccepting();
    this.#listener.destroyConnections();
    this.#http.close();
    this.#http2.close();
    this.#http2Handler.close();
  }
}
