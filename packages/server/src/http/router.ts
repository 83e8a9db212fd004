import {
  type Call,
  type ClientIdentity,
  Code,
  type Counter,
  codeName,
  limitCounter,
  type Metrics,
  type RpcMethod,
  type Secret,
  ServeError,
} from "@paddlewheel/core";
import { readCredential } from "../auth/credential.js";
import type { ServerLimits } from "../limits.js";
import { answerReports } from "../rpc/answer-reports.js";
import { type BodyFormat, bodyFormat, decodeBody, encodeBody, hasFormat } from "../rpc/body-format.js";
import type { CallGate } from "../rpc/call-gate.js";
import { type CallHeaders, readCallHeaders } from "../rpc/call-headers.js";
import { createCall } from "../rpc/create-call.js";
import type { FoundMethod, ServiceDirectory } from "../rpc/service-directory.js";
import { unknownMethod } from "../rpc/unknown-method.js";
import { packBody, unpackBody } from "./body.js";
import { type CallTimeout, readTimeout } from "./call-timeout.js";
import { CorsPolicy } from "./cors-policy.js";
import type { Page, PageContent, PageOptions } from "./page.js";
import { decodeRest, type FoundPage, PageTable } from "./page-table.js";
import type { HttpAnswer, HttpRequest } from "./request.js";
import { httpStatus } from "./status.js";

export interface HttpRouterOptions {
  readonly gate: CallGate;
  readonly limits: ServerLimits;
  readonly directory: ServiceDirectory;
  readonly metrics: Metrics;
  /** Origins whose pages may call from browsers; default none. */
  readonly corsOrigins?: readonly string[] | undefined;
}

/** A call over HTTP, and what it came in. */
interface CallInHand {
  readonly call: Call;
  readonly request: HttpRequest;
  readonly format: BodyFormat;
}

/** Answers requests of any version of HTTP: `POST /{service}/{method}`, and pages. */
export class HttpRouter {
  readonly #gate: CallGate;
  readonly #limits: ServerLimits;
  readonly #directory: ServiceDirectory;
  readonly #longUrls: Counter;
  readonly #cors: CorsPolicy | undefined;
  readonly #pages = new PageTable();

  /** @throws ServeError invalidArgument for an origin that is none. */
  constructor(options: HttpRouterOptions) {
    this.#gate = options.gate;
    this.#limits = options.limits;
    this.#directory = options.directory;
    this.#longUrls = limitCounter(options.metrics, "url_length");
    const { corsOrigins = [] } = options;
    this.#cors = corsOrigins.length > 0 ? new CorsPolicy(corsOrigins) : undefined;
  }

  /** Answers requests of this path by a page: GET and HEAD, and whatever else the options say. */
  addPage(path: string, page: Page, options: PageOptions = {}): void {
    this.#pages.add(path, { ...options, page });
  }

  /** The answer, packed when the caller takes that; what a page throws comes out. */
  async answer(request: HttpRequest): Promise<HttpAnswer> {
    if (request.target.length > this.#limits.maxUrlLength) {
      this.#longUrls.increment();
      return longUrl;
    }
    const page = this.#pages.find(request.method, request.path);
    const answer = page ? await this.#answerPage(page, request) : await this.#answerCaller(request);
    return packBody(answer, request.header("accept-encoding"));
  }

  /** A call, maybe by a script in a browser. */
  async #answerCaller(request: HttpRequest): Promise<HttpAnswer> {
    const cors = this.#cors;
    if (cors === undefined) return this.#answerCall(request);
    const preflight = cors.preflight(request);
    if (preflight) return preflight;
    const answer = await this.#answerCall(request);
    return { ...answer, headers: { ...answer.headers, ...cors.headersFor(request.header("origin")) } };
  }

  async #answerPage({ page, scope, rest }: FoundPage, request: HttpRequest): Promise<HttpAnswer> {
    const header = (name: string): string | undefined => request.header(name);
    const refuse = (what: string): ServeError | undefined => this.#gate.refuse(what, readCredential(header));
    try {
      const refusal = scope === undefined ? undefined : refuse(scope);
      if (refusal) throw refusal;
      const { method, path, target } = request;
      const query = new URLSearchParams(target.slice(path.length));
      return pageAnswer(await page({ method, rest: decodeRest(rest), query, header, refuse }));
    } catch (thrown) {
      if (thrown instanceof ServeError) return textAnswer(thrown);
      throw thrown;
    }
  }

  async #answerCall(request: HttpRequest): Promise<HttpAnswer> {
    const header = (name: string): string | undefined => request.header(name);
    const found = this.#find(request.path);
    const headers = readCallHeaders(header);
    const { client } = request;
    const timeout = readTimeout(header, this.#limits);
    const call = this.#createCall(
      found instanceof ServeError ? undefined : found,
      { headers, client },
      timeout,
    );
    request.onClose(() => call.cancel());
    const format = bodyFormat(header("content-type"));
    const { credential } = headers;
    const answer = await this.#runCall(timeout.fault ?? found, { call, credential, request, format });
    const reports = answerReports(call, this.#gate.tracer);
    const own = { ...idHeaders(call, headers), ...(reports ? Object.fromEntries(reports) : {}) };
    return { ...answer, headers: { ...answer.headers, ...own } };
  }

  async #runCall(
    found: FoundMethod | ServeError,
    { call, credential, request, format }: CallInHand & { readonly credential: Secret | undefined },
  ): Promise<HttpAnswer> {
    const answer = async (): Promise<HttpAnswer> => {
      if (found instanceof ServeError) throw found;
      return await this.#callMethod(found.method, { call, request, format });
    };
    try {
      return await this.#gate.run(call, answer, credential);
    } catch (thrown) {
      const method = found instanceof ServeError ? undefined : found.method;
      return errorAnswer(ServeError.from(thrown), { method, call, format });
    }
  }

  async #callMethod(method: RpcMethod, { call, request, format }: CallInHand): Promise<HttpAnswer> {
    const packed = await request.readBody();
    call.receivedAt = call.clock.now();
    const body = await unpackBody(packed, request.header("content-encoding"), this.#limits);
    const message = decodeBody(method.request, body, { format, maxJsonSize: this.#limits.maxJsonSize });
    const reply = await method.handle(message, call);
    const attachment = call.responseAttachment;
    const contentType = attachment ? "application/json" : format.contentType;
    return {
      status: 200,
      headers: { "content-type": contentType },
      body: attachment ?? encodeBody(method.response, reply, format),
    };
  }

  /** By the default URL, whose segments after the method count for nothing, as in brpc; else by a mapping. */
  #find(path: string): FoundMethod | ServeError {
    const [, service = "", method = ""] = path.split("/", 3);
    const found = this.#directory.get(service, method);
    const paths = found?.service.restful;
    if (found && (!paths || paths.allowDefaultUrl)) return found;
    return this.#directory.getByPath(path) ?? this.#directory.whyNotPath(path);
  }

  #createCall(
    found: FoundMethod | undefined,
    caller: { readonly headers: CallHeaders; readonly client: ClientIdentity | undefined },
    { timeoutMs, isTimeoutGiven }: CallTimeout,
  ): Call {
    const call = createCall(
      {
        protocol: "http",
        service: found?.service.name ?? unknownMethod.service,
        method: found?.method.name ?? unknownMethod.name,
        timeoutMs,
        isTimeoutGiven,
        ...caller,
      },
      this.#gate.tracer,
    );
    call.receivedAt = Number.POSITIVE_INFINITY;
    return call;
  }
}

function pageAnswer({ status, contentType, body, headers }: PageContent): HttpAnswer {
  return { status, headers: { ...headers, "content-type": contentType }, body: Buffer.from(body) };
}

/** The ids of a call, so that a caller finds it in the logs: ours or its own, and its log id when it sent one. */
function idHeaders({ requestId }: Call, { logId }: CallHeaders): Readonly<Record<string, string>> {
  return logId === 0n
    ? { "x-request-id": requestId }
    : { "x-request-id": requestId, "log-id": String(logId) };
}

/** The error as a message where the method has one for it, else as `textAnswer`. */
function errorAnswer(
  error: ServeError,
  { method, call, format }: { method: RpcMethod | undefined; call: Call; format: BodyFormat },
): HttpAnswer {
  const message = method?.errorResponse?.(error, call);
  const answer = textAnswer(error);
  if (!method || message === undefined || !hasFormat(method.response, format)) return answer;
  const headers = { ...answer.headers, "content-type": format.contentType };
  return { ...answer, headers, body: encodeBody(method.response, message, format) };
}

/** brpc's manner: the status, the number in a header, and the text. */
function textAnswer(error: ServeError): HttpAnswer {
  const headers = {
    "x-bd-error-code": String(error.code),
    ...challenge(error),
    "content-type": "text/plain; charset=utf-8",
  };
  const status = httpStatus[codeName(error.code) ?? "internal"];
  return { status, headers, body: Buffer.from(error.message) };
}

const longUrl: HttpAnswer = {
  status: 414,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: Buffer.from("the URL is too long"),
};

/** What a 401 has to say. Source: RFC 9110 §11.6.1, RFC 6750 §3. */
function challenge({ code }: ServeError): Readonly<Record<string, string>> {
  return code === Code.unauthenticated ? { "www-authenticate": "Bearer" } : {};
}
