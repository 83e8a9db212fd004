import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Code, type Logger, limitCounter, type Metrics, ServeError, systemClock } from "@paddlewheel/core";
import type { ServerLimits } from "../limits.js";
import { OpenRequests } from "../rpc/open-requests.js";
import { noPlace } from "../rpc/placed-set.js";
import type { RequestCounts } from "../rpc/request-counts.js";
import { clientIdentityOf } from "../tls/client-identity.js";
import { BodyCollector } from "./body-collector.js";
import { BodyWatch } from "./body-watch.js";
import { ConnectionRequests } from "./connection-requests.js";
import { refusePeer } from "./peer-errors.js";
import type { HttpAnswer, HttpRequest } from "./request.js";
import type { HttpRouter } from "./router.js";
import { UnsentAnswers } from "./unsent-answers.js";

export interface HttpTransportOptions {
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly router: HttpRouter;
}

/** How long an idle connection of a stopping server may still send a request it has already begun, in ms. */
const lameDuckMs = 250;

/** How late slow headers and requests are seen at most, in ms; Node looks every 30 s. */
const maxCheckIntervalMs = 5000;

/** How long a peer may go on with a body after its answer, in ms: time to see that there is one. */
const lingerMs = 1000;

const noBody = new Uint8Array(0);

/** HTTP/1.1 on node:http, over sockets our listener accepted. */
export class HttpTransport {
  readonly #limits: ServerLimits;
  readonly #logger: Logger;
  readonly #router: HttpRouter;
  readonly #server: Server;
  /** Those whose body is still on its way. */
  readonly #openRequests = new OpenRequests();
  readonly #requests = new WeakMap<Socket, ConnectionRequests>();
  readonly #bodies: BodyWatch;
  readonly #unsentAnswers: UnsentAnswers;
  readonly #countLimit: (limit: string) => void;
  #unsent = 0;
  #isDraining = false;

  constructor({ limits, logger, metrics, router }: HttpTransportOptions) {
    this.#limits = limits;
    this.#logger = logger;
    this.#router = router;
    this.#bodies = new BodyWatch(limits, systemClock);
    this.#unsentAnswers = new UnsentAnswers(limits.maxUnwrittenBytes);
    this.#countLimit = (limit) => limitCounter(metrics, limit).increment();
    this.#server = createServer(
      {
        maxHeaderSize: limits.maxHeaderSize,
        headersTimeout: limits.headersTimeoutMs,
        requestTimeout: limits.requestTimeoutMs,
        keepAliveTimeout: limits.keepAliveTimeoutMs,
        connectionsCheckingInterval: Math.min(maxCheckIntervalMs, limits.headersTimeoutMs),
      },
      (request, response) => this.#take(request, response),
    );
    this.#server.maxRequestsPerSocket = limits.maxRequestsPerConnection;
    // One more than may be, as Node drops further ones without a word.
    this.#server.maxHeadersCount = limits.maxHeaderFields + 1;
    this.#server.on("dropRequest", () => this.#countLimit("requests_per_connection"));
    this.#server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
      const limit = refusePeer(socket, error.code);
      if (limit !== undefined) this.#countLimit(limit);
    });
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
    const onOver = (): void => {
      this.#unsent--;
    };
    this.#requests.set(socket, new ConnectionRequests(socket, onOver));
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
    this.#unsent++;
    this.#requests.get(request.socket)?.add(response);
    const neutral = this.#neutral(request, response, invitation);
    const { status, headers, body } = await this.#answer(neutral, request);
    if (response.destroyed || request.socket.destroyed) return;
    if (!this.#unsentAnswers.add(request.socket, response, body.length)) {
      this.#countLimit("unsent_bytes");
      request.socket.destroy();
      return;
    }
    response.writeHead(status, {
      ...headers,
      "Content-Length": body.length,
      ...(this.#isDraining || invitation?.isOpen ? { Connection: "close" } : {}),
    });
    response.end(body);
    if (!response.writableFinished) this.#watchAnswer(response);
    if (!request.complete) linger(request);
  }

  /** Once an answer has left, Node sets the socket's time for the next request. */
  #watchAnswer(response: ServerResponse): void {
    response.setTimeout(this.#limits.responseTimeoutMs, () => {
      this.#countLimit("response_timeout");
      response.req.socket.destroy();
    });
  }

  async #answer(neutral: HttpRequest, { rawHeaders, socket }: IncomingMessage): Promise<HttpAnswer> {
    if ((this.#requests.get(socket)?.open ?? 0) > this.#limits.maxConcurrentStreams) {
      this.#countLimit("calls_per_connection");
      return { status: 503, headers: { connection: "close" }, body: noBody };
    }
    if (rawHeaders.length <= 2 * this.#limits.maxHeaderFields) return this.#router.answer(neutral);
    this.#countLimit("header_list");
    return { status: 431, headers: { connection: "close" }, body: noBody };
  }

  #neutral(request: IncomingMessage, response: ServerResponse, invitation?: Invitation): HttpRequest {
    const target = request.url ?? "/";
    return {
      method: request.method ?? "GET",
      target,
      path: target.split("?", 1)[0] ?? "/",
      client: clientIdentityOf(request.socket),
      header: (name) => firstOf(request.headers[name]),
      readBody: () => this.#readBody(request, invitation),
      onClose: (listener) => response.on("close", listener),
    };
  }

  async #readBody(request: IncomingMessage, invitation?: Invitation): Promise<Buffer> {
    const collector = new BodyCollector(this.#limits, request.headers["content-length"]);
    if (collector.isOver) return collector.body;
    const open = { place: noPlace, cutOff: () => request.destroy() };
    const watched = {
      get received() {
        return collector.size;
      },
      cutOff: () => {
        this.#countLimit("body_rate");
        request.destroy();
      },
    };
    this.#openRequests.add(open);
    this.#bodies.add(watched);
    invitation?.send();
    try {
      return await collectBody(request, collector);
    } finally {
      this.#openRequests.delete(open);
      this.#bodies.delete(watched);
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

function collectBody(request: IncomingMessage, collector: BodyCollector): Promise<Buffer> {
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
