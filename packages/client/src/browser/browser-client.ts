import {
  type Clock,
  Code,
  type ModelConf,
  type ModelTypes,
  modelVersionHeader,
  quoteValue,
  ServeError,
} from "@paddlewheel/core/message";
import {
  formatGrpcTimeout,
  type GeneralRequest,
  type GeneralResponse,
  generalRequestJson,
  generalResponseJson,
} from "@paddlewheel/wire/json";
import { buildRequest } from "../feed/build-request.js";
import type {
  FetchedOf,
  FetchName,
  MetadataPredictOptions,
  PredictMetadata,
  PredictOptions,
} from "../predict-options.js";
import { type FetchedByEngine, type Prediction, toPrediction } from "../prediction.js";
import { contentTypes } from "../transport/http/body-options.js";
import { errorOfAnswer } from "../transport/http/error-of-answer.js";
import { type ModelJson, parseModelJson } from "./model-json.js";
import { pageClock } from "./page-clock.js";
import { type Posted, post } from "./post.js";

export interface BrowserClientOptions {
  /** What the model takes and gives: what `paddlewheel types --json` writes. */
  readonly model: ModelJson;
  /** Path that requests go to. Default `/GeneralModelService/inference`. */
  readonly servicePath?: string;
  /** Time a call may take, in milliseconds; default 20000, as in Paddle Serving's HttpClient. */
  readonly timeoutMs?: number;
  /** Largest answer in bytes, unpacked; default 64 MiB, more than a page can make use of. */
  readonly maxAnswerBytes?: number;
  /** Sent with each call. The server allows pages of other origins those that it reads itself. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the server wants of its callers. Whoever can read the page can read it. */
  readonly token?: string;
  /** Default the page's own. */
  readonly fetch?: typeof fetch;
  /** Default the page's. */
  readonly clock?: Pick<Clock, "setTimer">;
}

/** Who answered a call. A page knows one address only, which may stand for many servers. */
export type BrowserPredictMetadata = Pick<PredictMetadata, "modelVersion">;

const defaultMaxAnswerBytes = 64 * 1024 * 1024;

interface OwnHeaders {
  readonly timeoutMs: number;
  readonly modelVersion: string | undefined;
}

/**
 * `Client` for pages and workers of browsers: JSON by fetch, and nothing of Node. It makes one attempt for each call.
 *
 * ```ts
 * const client = new BrowserClient<UciHousing>("https://models.example", { model });
 * const { price } = await client.predict({ feed: { x: features }, fetch: ["price"] });
 * ```
 */
export class BrowserClient<M extends ModelTypes = ModelTypes> {
  readonly #url: string;
  readonly #options: BrowserClientOptions;
  readonly #model: ModelConf;

  /**
   * @param url `https://host:port`, maybe with a path that a gateway wants in front; empty for the page's own origin
   * @throws ServeError invalidArgument for a URL that is none, invalidConf for a model with one line for each fault.
   */
  constructor(url: string, options: BrowserClientOptions) {
    const { servicePath = "/GeneralModelService/inference" } = options;
    checkUrl(url);
    this.#url = url.replace(/\/+$/, "") + servicePath;
    this.#options = options;
    this.#model = parseModelJson(options.model);
  }

  /** Alias names of the feed variables. */
  get feedNames(): readonly string[] {
    return this.#model.feedVars.map(({ aliasName }) => aliasName);
  }

  /** Alias names of the fetch variables. */
  get fetchNames(): readonly string[] {
    return this.#model.fetchVars.map(({ aliasName }) => aliasName);
  }

  /**
   * One call, and the outputs of the model by alias name.
   * @throws ServeError with the server's code and text; invalidArgument for a feed or fetch the model has not.
   */
  predict<F extends FetchName<M> = FetchName<M>>(options: PredictOptions<M, F>): Promise<FetchedOf<M, F>>;
  /** As above, with what the server tells beside. */
  predict<F extends FetchName<M> = FetchName<M>>(
    options: MetadataPredictOptions<M, F>,
  ): Promise<[FetchedOf<M, F>, BrowserPredictMetadata]>;
  /** As above, for a workflow with several models, which answers by engine: say so with `predict<FetchedByEngine>`. */
  predict<P extends FetchedByEngine>(options: PredictOptions<M>): Promise<P>;
  predict<P extends FetchedByEngine>(
    options: MetadataPredictOptions<M>,
  ): Promise<[P, BrowserPredictMetadata]>;
  async predict(
    options: PredictOptions | MetadataPredictOptions,
  ): Promise<Prediction | [Prediction, BrowserPredictMetadata]> {
    const request = buildRequest(this.#model, options);
    const answer = await this.#post(request, options);
    const prediction = toPrediction(this.#read(answer));
    if (!options.needMetadata) return prediction;
    return [prediction, { modelVersion: answer.headers.get(modelVersionHeader) ?? undefined }];
  }

  #post(request: GeneralRequest, call: PredictOptions | MetadataPredictOptions): Promise<Posted> {
    const { clock = pageClock, fetch = globalThis.fetch, timeoutMs: ownTimeoutMs = 20_000 } = this.#options;
    const { timeoutMs = ownTimeoutMs, signal, modelVersion } = call;
    const { maxAnswerBytes = defaultMaxAnswerBytes } = this.#options;
    return post({
      url: this.#url,
      headers: this.#headers(request, { timeoutMs, modelVersion }),
      body: generalRequestJson.encodeJson(request),
      timeoutMs,
      maxAnswerBytes,
      signal,
      fetch,
      clock,
    });
  }

  /** @throws ServeError invalidArgument for a name or value that no header may have. */
  #headers({ logId }: GeneralRequest, { timeoutMs, modelVersion }: OwnHeaders): Headers {
    try {
      const headers = new Headers(this.#options.headers);
      headers.set("content-type", contentTypes.json);
      headers.set("grpc-timeout", formatGrpcTimeout(timeoutMs));
      if (logId !== 0n) headers.set("log-id", String(logId));
      if (modelVersion !== undefined) headers.set(modelVersionHeader, modelVersion);
      if (this.#options.token !== undefined) headers.set("authorization", `Bearer ${this.#options.token}`);
      return headers;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ServeError(Code.invalidArgument, `cannot call ${this.#url}: ${reason}`, { cause });
    }
  }

  #read({ status, headers, body }: Posted): GeneralResponse {
    if (status >= 200 && status < 300) return this.#decode(body);
    const header = (name: string): string | null => headers.get(name);
    const readErrorText = (bytes: Uint8Array): string => decodeResponse(bytes).errMsg;
    const { error } = errorOfAnswer(
      { status, header, body },
      { peer: this.#url, format: "json", readErrorText },
    );
    throw error;
  }

  #decode(body: Uint8Array): GeneralResponse {
    try {
      return decodeResponse(body);
    } catch (cause) {
      const { message } = ServeError.from(cause);
      throw new ServeError(Code.internal, `${this.#url} answered with something else: ${message}`, { cause });
    }
  }
}

function decodeResponse(body: Uint8Array): GeneralResponse {
  return generalResponseJson.decodeJson(new TextDecoder().decode(body));
}

function checkUrl(url: string): void {
  if (url === "" || (/^https?:\/\//.test(url) && URL.canParse(url) && !/[?#]/.test(url))) return;
  const message = `url ${quoteValue(url)}: must be http:// or https:// with host:port, or empty for the page's own origin`;
  throw new ServeError(Code.invalidArgument, message);
}
