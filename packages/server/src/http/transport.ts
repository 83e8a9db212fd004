import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Code, type Logger, ServeError } from "@paddlewheel/core";
import type { ServerLimits } from "../limits.js";
import { OpenRequests } from "../rpc/open-requests.js";
import type { RequestCounts } from "../rpc/request-counts.js";
import { BodyCollector } from "./body-collector.js";
import type { HttpRequest } from "./request.js";
import type { HttpRouter } from "./router.js";

export interface HttpTransportOptions {
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly router: HttpRouter;
}

/** How long an idle connection of a stopping server may still send a request it has already begun, in ms. */
const lameDuckMs = 250;

/** How long a peer may go on with a body after its answer, in ms: time to see that there is one. */
const lingerMs = 1000;

/** HTTP/1.1 on node:http, over sockets our listener accepted. */
export class HttpTransport {
  readonly #limits: ServerLimits;
  readonly #logger: Logger;
  readonly #router: HttpRouter;
  readonly #server: Server;
  /** Those whose body is still on its way. */
  readonly #openRequests = new OpenRequests();
  readonly #requests = new WeakMap<Socket, { total: number; open: number }>();
  #unsent = 0;
  #isDraining = false;

  constructor({ limits, logger, router }: HttpTransportOptions) {
    this.#limits = limits;
    this.#logger = logger;
    this.#router = router;
    this.#server = createServer(
      {
        maxHeaderSize: 16 * 1024,
        headersTimeout: limits.headersTimeoutMs,
        requestTimeout: limits.requestTimeoutMs,
        keepAliveTimeout: limits.keepAliveTimeoutMs,
        connectionsCheckingInterval: 5000,
      },
      (request, response) => this.#take(request, response),
    );
    // Otherwise Node asks for the body before anybody has seen the headers.
    this.#server.on("checkContinue", (request, response) =>
      this.#take(request, response, new Invitation(response)),
    );
    // The server never listens itself; this event is what starts its clock for slow headers and bodies.
    this.#server.emit("listening");
  }

  /** Takes over a connection; `firstBytes` were read from it already. */
  handle(socket: Socket, firstBytes: Uint8Array): void {
    socket.unshift(firstBytes);
    this.#requests.set(socket, { total: 0, open: 0 });
    this.#server.emit("connection", socket);
  }

  /** Undefined for a connection that is none of its own. */
  requestsOn(socket: Socket): RequestCounts | undefined {
    return this.#requests.get(socket);
  }

  /** Every request has its whole answer, or its connection is gone. */
  get isIdle(): boolean {
    return this.#unsent === 0;
  }

  /** Every answer from now on closes its connection; idle connections and half-sent requests follow shortly. */
  drain(): void {
    this.#isDraining = true;
    setTimeout(() => this.#server.closeIdleConnections(), lameDuckMs);
    this.#openRequests.drain();
  }

  close(): void {
    this.#openRequests.close();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #take(request: IncomingMessage, response: ServerResponse, invitation?: Invitation): void {
    this.#serve(request, response, invitation).catch((error: unknown) => {
      this.#logger.error({ err: error }, "an answer could not be sent");
      response.destroy();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse, invitation?: Invitation): Promise<void> {
    this.#count(request.socket, response);
    const neutral = this.#neutral(request, response, invitation);
    const { status, headers, body } = await this.#router.answer(neutral);
    if (response.destroyed) return;
    response.writeHead(status, {
      ...headers,
      "Content-Length": body.length,
      ...(this.#isDraining || invitation?.isOpen ? { Connection: "close" } : {}),
    });
    response.end(body);
    if (!request.complete) linger(request);
  }

  #count(socket: Socket, response: ServerResponse): void {
    const requests = this.#requests.get(socket) ?? { total: 0, open: 0 };
    this.#unsent++;
    requests.total++;
    requests.open++;
    response.on("close", () => {
      this.#unsent--;
      requests.open--;
    });
  }

  #neutral(request: IncomingMessage, response: ServerResponse, invitation?: Invitation): HttpRequest {
    const target = request.url ?? "/";
    return {
      method: request.method ?? "GET",
      target,
      path: target.split("?", 1)[0] ?? "/",
      header: (name) => firstOf(request.headers[name]),
      readBody: () => this.#readBody(request, invitation),
      onClose: (listener) => response.on("close", listener),
    };
  }

  async #readBody(request: IncomingMessage, invitation?: Invitation): Promise<Buffer> {
    const open = { cutOff: () => request.destroy() };
    this.#openRequests.add(open);
    try {
      return await collectBody(request, this.#limits, invitation);
    } finally {
      this.#openRequests.delete(open);
    }
  }
}

/**
 * The peer waits for us to ask for the body, `Expect: 100-continue`. One that is answered instead may send it or not, so
 * nothing else can follow on its connection. Source: RFC 9110 §10.1.1.
 */
class Invitation {
  readonly #response: ServerResponse;
  isOpen = true;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  send(): void {
    if (this.isOpen) this.#response.writeContinue();
    this.isOpen = false;
  }
}

function collectBody(
  request: IncomingMessage,
  limits: ServerLimits,
  invitation?: Invitation,
): Promise<Buffer> {
  const collector = new BodyCollector(limits, request.headers["content-length"]);
  if (collector.isOver) return collector.body;
  invitation?.send();
  const fail = (cause?: Error): void =>
    collector.fail(new ServeError(Code.cancelled, "the body was cut off", { cause }));
  request.on("data", (chunk: Buffer) => {
    collector.add(chunk);
    if (!collector.isOver) return;
    request.removeAllListeners("data");
    request.resume();
  });
  request.on("end", () => collector.end());
  request.on("error", fail);
  request.on("close", () => fail());
  return collector.body;
}

/**
 * Lets a peer go on with a body that nobody wants: closed at once, it would see a broken connection instead of the
 * answer. Node drops what comes. Source: RFC 9112 §9.6.
 */
function linger(request: IncomingMessage): void {
  const cut = (): void => {
    if (!request.complete) request.destroy();
  };
  setTimeout(cut, lingerMs).unref();
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
