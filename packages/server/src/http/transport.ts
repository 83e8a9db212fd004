import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Call, codeName, type Logger, type RpcMethod, ServeError } from "@paddlewheel/core";
import type { ServerLimits } from "../limits.js";
import type { CallGate } from "../rpc/call-gate.js";
import { readCallHeaders, traceHeader } from "../rpc/call-headers.js";
import { createCall, type ReceivedCall } from "../rpc/create-call.js";
import { type FoundMethod, notImplemented, type ServiceDirectory } from "../rpc/service-directory.js";
import { packBody, readBody } from "./body.js";
import { type BodyFormat, bodyFormat, decodeBody, encodeBody } from "./body-format.js";
import { httpStatus } from "./status.js";

export interface HttpTransportOptions {
  readonly gate: CallGate;
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly directory: ServiceDirectory;
}

/** A page beside the services, `/health` say. */
export type Page = () => PageContent | Promise<PageContent>;

export interface PageContent {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** How long an idle connection of a stopping server may still send a request it has already begun, in ms. */
const lameDuckMs = 250;
/** How long a stopping server waits for the rest of a body, in ms; as long as gRPC has, in the listener. */
const bodyGraceMs = 500;

/** How long a peer may go on with a body after its answer, in ms: time to see that there is one. */
const lingerMs = 1000;

/** HTTP/1.1 on node:http, over sockets our listener accepted: `/{service}/{method}` and pages. */
export class HttpTransport {
  readonly #gate: CallGate;
  readonly #limits: ServerLimits;
  readonly #directory: ServiceDirectory;
  readonly #pages = new Map<string, Page>();
  readonly #server: Server;
  /** Requests whose body is still on its way. */
  readonly #arriving = new Set<IncomingMessage>();
  #unsent = 0;
  #isDraining = false;

  constructor(options: HttpTransportOptions) {
    this.#gate = options.gate;
    this.#limits = options.limits;
    this.#directory = options.directory;
    this.#server = createServer(
      {
        maxHeaderSize: 16 * 1024,
        headersTimeout: options.limits.headersTimeoutMs,
        requestTimeout: options.limits.requestTimeoutMs,
        keepAliveTimeout: options.limits.keepAliveTimeoutMs,
        connectionsCheckingInterval: 5000,
      },
      (request, response) => {
        this.#serve(request, response).catch((error: unknown) => {
          options.logger.error({ err: error }, "an answer could not be sent");
          response.destroy();
        });
      },
    );
    // The server never listens itself; this event is what starts its clock for slow headers and bodies.
    this.#server.emit("listening");
  }

  /** Answers GET and HEAD requests of exactly this path. */
  addPage(path: string, page: Page): void {
    this.#pages.set(path, page);
  }

  /** Takes over a connection; `firstBytes` were read from it already. */
  handle(socket: Socket, firstBytes: Uint8Array): void {
    socket.unshift(firstBytes);
    this.#server.emit("connection", socket);
  }

  /** Every request has its whole answer, or its connection is gone. */
  get isIdle(): boolean {
    return this.#unsent === 0;
  }

  /** Every answer from now on closes its connection; idle connections and half-sent requests follow shortly. */
  drain(): void {
    this.#isDraining = true;
    setTimeout(() => this.#server.closeIdleConnections(), lameDuckMs);
    const cutBodies = (): void => {
      for (const request of this.#arriving) request.destroy();
    };
    setTimeout(cutBodies, bodyGraceMs).unref();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#unsent++;
    response.on("close", () => this.#unsent--);
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const isRead = request.method === "GET" || request.method === "HEAD";
    const page = isRead ? this.#pages.get(path) : undefined;
    const answer = page ? await pageAnswer(page) : await this.#answerCall(path, request, response);
    if (response.destroyed) return;
    const { body, isGzip } = await packBody(request, answer.body);
    response.writeHead(answer.status, {
      ...answer.headers,
      "Content-Length": body.length,
      ...(isGzip ? { "Content-Encoding": "gzip" } : {}),
      ...(this.#isDraining ? { Connection: "close" } : {}),
    });
    response.end(body);
    if (!request.complete) linger(request);
  }

  async #answerCall(path: string, request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const found = this.#find(path);
    const call = this.#createCall(found instanceof ServeError ? undefined : found, request);
    response.on("close", () => call.cancel());
    const format = bodyFormat(request.headers["content-type"]);
    const answer = await this.#runCall(found, { call, request, format });
    const report = this.#gate.tracer.report(call);
    return report === undefined
      ? answer
      : { ...answer, headers: { ...answer.headers, [traceHeader]: report } };
  }

  async #runCall(
    found: FoundMethod | ServeError,
    { call, request, format }: { call: Call; request: IncomingMessage; format: BodyFormat },
  ): Promise<Answer> {
    try {
      return await this.#gate.run(call, async () => {
        if (found instanceof ServeError) throw found;
        return await this.#callMethod(found.method, { call, request, format });
      });
    } catch (thrown) {
      const method = found instanceof ServeError ? undefined : found.method;
      return errorAnswer(ServeError.from(thrown), { method, call, format });
    }
  }

  async #callMethod(
    method: RpcMethod,
    { call, request, format }: { call: Call; request: IncomingMessage; format: BodyFormat },
  ): Promise<Answer> {
    const body = await this.#receive(request);
    const message = decodeBody(method.request, body, { format, maxJsonSize: this.#limits.maxJsonSize });
    const reply = await method.handle(message, call);
    const attachment = call.responseAttachment;
    const contentType = attachment ? "application/json" : format.contentType;
    return {
      status: 200,
      headers: { "Content-Type": contentType },
      body: attachment ?? encodeBody(method.response, reply, format),
    };
  }

  async #receive(request: IncomingMessage): Promise<Buffer> {
    this.#arriving.add(request);
    try {
      return await readBody(request, this.#limits);
    } finally {
      this.#arriving.delete(request);
    }
  }

  #find(path: string): FoundMethod | ServeError {
    const [, service = "", method = ""] = path.split("/", 3);
    try {
      return this.#directory.find(service, method);
    } catch (error) {
      const { code } = ServeError.from(error);
      return new ServeError(code, notImplemented(path));
    }
  }

  #createCall(found: FoundMethod | undefined, { headers }: IncomingMessage): Call {
    const received: ReceivedCall = {
      // Names of unknown services stay out: they would become metric labels.
      service: found?.service.name ?? "unknown",
      method: found?.method.name ?? "unknown",
      protocol: "http",
      timeoutMs: this.#limits.defaultTimeoutMs || undefined,
      headers: readCallHeaders((name) => header(headers[name])),
    };
    return createCall(received, this.#gate.tracer);
  }
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

async function pageAnswer(page: Page): Promise<Answer> {
  const { status, contentType, body } = await page();
  return { status, headers: { "Content-Type": contentType }, body: Buffer.from(body) };
}

/** brpc's manner: the status, the number in a header, and the text; as a message where the method has one for it. */
function errorAnswer(
  error: ServeError,
  { method, call, format }: { method: RpcMethod | undefined; call: Call; format: BodyFormat },
): Answer {
  const status = httpStatus[codeName(error.code) ?? "internal"];
  const headers = { "x-bd-error-code": String(error.code) };
  const message = method?.errorResponse?.(error, call);
  if (method && message !== undefined) {
    const body = encodeBody(method.response, message, format);
    return { status, headers: { ...headers, "Content-Type": format.contentType }, body };
  }
  const body = Buffer.from(error.message);
  return { status, headers: { ...headers, "Content-Type": "text/plain; charset=utf-8" }, body };
}

function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
