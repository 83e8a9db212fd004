import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Code, type Secret, ServeError } from "@paddlewheel/core";
import {
  type GeneralRequest,
  type GeneralResponse,
  generalRequestCodec,
  generalResponseCodec,
} from "@paddlewheel/wire";
import type { CallTransport, TransportCallOptions } from "../call-transport.js";
import { type ClientSecurity, noSecurity } from "../security/client-security.js";
import { aborted, parseErrorCode, timedOut } from "../stopped-call.js";
import { codeOfHttpStatus } from "./status.js";
import { type PostInit, TlsFetch } from "./tls-fetch.js";

const gzipAsync = promisify(gzip);

/** Bodies up to this size are sent as they are. Source: Paddle Serving's HttpClient. */
const compressThreshold = 512;

/** Longest text of an error page that goes into a message. */
const maxErrorText = 1024;

export interface HttpOptions {
  /** Default `/GeneralModelService/inference`. */
  readonly servicePath?: string;
  /** Bytes or text; default `proto`, which is some ten times as fast for large tensors. */
  readonly format?: "proto" | "json";
  /** Sent with each request, for a gateway in front of the server say. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Packs requests of more than 512 bytes; default false: within a data centre it costs more than it saves. */
  readonly compressRequest?: boolean;
  /** Asks for packed answers; default false. */
  readonly compressResponse?: boolean;
}

export interface HttpTransportOptions extends HttpOptions {
  /** Default none: certificates as Node trusts them, and no token. */
  readonly security?: ClientSecurity;
}

/** HTTP/1.1 by `fetch`, which keeps connections open between calls. */
export class HttpTransport implements CallTransport {
  readonly #origin: string;
  readonly #options: Required<HttpOptions>;
  readonly #authorization: Secret | undefined;
  /** Takes the place of `fetch` where TLS has options of its own. */
  readonly #tlsFetch: TlsFetch | undefined;

  /** @param origin scheme, host and port, `http://host:port` */
  constructor(origin: string, options: HttpTransportOptions = {}) {
    const { tls, authorization } = options.security ?? noSecurity;
    this.#authorization = authorization;
    this.#tlsFetch = tls && origin.startsWith("https:") ? new TlsFetch(tls) : undefined;
    this.#origin = origin.replace(/\/+$/, "");
    this.#options = {
      servicePath: options.servicePath ?? "/GeneralModelService/inference",
      format: options.format ?? "proto",
      headers: options.headers ?? {},
      compressRequest: options.compressRequest ?? false,
      compressResponse: options.compressResponse ?? false,
    };
  }

  async call(request: GeneralRequest, options: TransportCallOptions): Promise<GeneralResponse> {
    const init = await this.#init(request);
    const { timeoutMs, signal } = options;
    const timeout = AbortSignal.timeout(timeoutMs);
    const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
    try {
      return await this.#read(await this.#post({ ...init, signal: either }));
    } catch (thrown) {
      if (thrown instanceof ServeError) throw thrown;
      if (signal?.aborted) throw aborted(signal);
      if (timeout.aborted) throw timedOut(this.#origin, timeoutMs);
      throw unreachable(this.#origin, thrown);
    }
  }

  close(): void {
    // Idle connections of fetch belong to its process-wide pool, which closes them after some seconds.
    this.#tlsFetch?.close();
  }

  #post(init: PostInit): Promise<Response> {
    const url = this.#origin + this.#options.servicePath;
    return this.#tlsFetch ? this.#tlsFetch.post(url, init) : fetch(url, { ...init, method: "POST" });
  }

  async #init(request: GeneralRequest): Promise<Omit<PostInit, "signal">> {
    const { format, headers, compressRequest, compressResponse } = this.#options;
    const isProto = format === "proto";
    const plain = isProto
      ? generalRequestCodec.encode(request)
      : Buffer.from(generalRequestCodec.encodeJson(request));
    const isPacked = compressRequest && plain.length > compressThreshold;
    return {
      headers: {
        ...headers,
        ...(this.#authorization ? { authorization: this.#authorization.reveal() } : {}),
        "Content-Type": isProto ? "application/proto" : "application/json",
        "Accept-Encoding": compressResponse ? "gzip" : "identity",
        ...(isPacked ? { "Content-Encoding": "gzip" } : {}),
        ...(request.logId === 0n ? {} : { "log-id": String(request.logId) }),
      },
      body: isPacked ? await gzipAsync(plain) : plain,
    };
  }

  async #read(response: Response): Promise<GeneralResponse> {
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.ok) return this.#decode(bytes);
    const code = parseErrorCode(response.headers.get("x-bd-error-code")) ?? codeOfHttpStatus(response.status);
    throw new ServeError(code, this.#errorText(response, bytes));
  }

  #decode(bytes: Uint8Array): GeneralResponse {
    if (this.#options.format === "proto") return generalResponseCodec.decode(bytes);
    return generalResponseCodec.decodeJson(new TextDecoder().decode(bytes));
  }

  /** The text of the error message when the body is one, else of the page some server on the way sent. */
  #errorText({ status, headers }: Response, bytes: Uint8Array): string {
    const isMessage = /^application\/(json|proto)\b/.test(headers.get("content-type") ?? "");
    try {
      const text = isMessage ? this.#decode(bytes).errMsg : "";
      if (text) return text;
    } catch {
      // Some gateway's own JSON; the body is shown as it is.
    }
    const page = new TextDecoder().decode(bytes.subarray(0, maxErrorText)).trim();
    return page || `${this.#origin} answered with HTTP status ${status}`;
  }
}

function unreachable(origin: string, thrown: unknown): ServeError {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ServeError(Code.unavailable, `cannot call ${origin}: ${reason}`, { cause: thrown });
}
