import { Code, modelVersionHeader, quoteValue, ServeError } from "@paddlewheel/core";
import { priorityHeader, traceHeader } from "../rpc/call-headers.js";
import type { HttpAnswer, HttpRequest } from "./request.js";

/** What a call may say in headers; the Fetch standard's own safelist goes without saying. */
const requestHeaders = [
  "authorization",
  "content-encoding",
  "content-type",
  "grpc-timeout",
  "log-id",
  "traceparent",
  "tracestate",
  "x-api-key",
  modelVersionHeader,
  priorityHeader,
  traceHeader,
  "x-request-id",
].join(", ");

/** What scripts may read of an answer. */
const answerHeaders = ["log-id", "x-bd-error-code", modelVersionHeader, traceHeader, "x-request-id"].join(
  ", ",
);

/** How long browsers keep what a preflight told them, in s: a change of the flag is in force for all soon. */
const maxAgeS = 600;

/**
 * Which pages may call the services from browsers. Cookies and certificates of the browser are never asked for: what lets a
 * caller in is a header that its script sets. Source: the Fetch standard, "CORS protocol".
 */
export class CorsPolicy {
  readonly #origins: ReadonlySet<string>;

  /**
   * @param origins as browsers send them, `https://shop.example`, or `*` for any
   * @throws ServeError invalidArgument for one that is none.
   */
  constructor(origins: readonly string[]) {
    for (const origin of origins) checkOrigin(origin);
    this.#origins = new Set(origins);
  }

  /** The answer to a browser that asks whether it may send a request; undefined for a request itself. */
  preflight(request: HttpRequest): HttpAnswer | undefined {
    const origin = request.header("origin");
    if (request.method !== "OPTIONS" || origin === undefined) return undefined;
    if (request.header("access-control-request-method") === undefined) return undefined;
    if (!this.#allows(origin)) return refusal(origin);
    const allowed = {
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": requestHeaders,
      "access-control-max-age": String(maxAgeS),
    };
    return { status: 200, headers: { ...this.#originHeaders(origin), ...allowed }, body: noBody };
  }

  /** What an answer says beside to let the script of that origin read it; caches must tell origins apart either way. */
  headersFor(origin: string | undefined): Readonly<Record<string, string>> {
    if (origin === undefined || !this.#allows(origin)) return this.#vary;
    return { ...this.#originHeaders(origin), "access-control-expose-headers": answerHeaders };
  }

  #allows(origin: string): boolean {
    return this.#allowsAny || this.#origins.has(origin);
  }

  #originHeaders(origin: string): Readonly<Record<string, string>> {
    return { "access-control-allow-origin": this.#allowsAny ? "*" : origin, ...this.#vary };
  }

  get #allowsAny(): boolean {
    return this.#origins.has("*");
  }

  get #vary(): Readonly<Record<string, string>> {
    return this.#allowsAny ? {} : { vary: "origin" };
  }
}

const noBody = new Uint8Array(0);

function refusal(origin: string): HttpAnswer {
  const text = `pages of ${quoteValue(origin)} may not call this server\n`;
  return {
    status: 403,
    headers: { "content-type": "text/plain; charset=utf-8", vary: "origin" },
    body: Buffer.from(text),
  };
}

/** Not `null`: whoever puts a page into a sandbox has that origin. */
function checkOrigin(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (text === "*" || (url && /^https?:$/.test(url.protocol) && url.origin === text)) return;
  const message = `CORS origin ${quoteValue(text)}: must be as browsers send it, https://shop.example or http://localhost:8080, or *`;
  throw new ServeError(Code.invalidArgument, message);
}
