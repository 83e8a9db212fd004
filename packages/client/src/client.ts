import { Code, type ModelConf, type ModelTypes, ServeError } from "@paddlewheel/core";
import type { CallTransport } from "./call-transport.js";
import { loadClientModel } from "./client-model.js";
import { buildRequest } from "./feed/build-request.js";
import { GrpcTransport } from "./grpc/transport.js";
import { type HttpOptions, HttpTransport } from "./http/transport.js";
import type { FetchedOf, FetchName, PredictOptions } from "./predict-options.js";
import { type FetchedByEngine, type Prediction, toPrediction } from "./prediction.js";
import { type ClientSecurity, type ClientTlsOptions, resolveSecurity } from "./security/client-security.js";

export interface ClientOptions {
  /** Time a call may take, in milliseconds; default 200000, as in Paddle Serving. */
  readonly timeoutMs?: number;
  /** How to call endpoints that are URLs. */
  readonly http?: HttpOptions;
  /** Speaks TLS to endpoints that are `host:port`, and says how to those that are `https://`. Default: plain, and as Node does. */
  readonly tls?: ClientTlsOptions;
  /** What the server wants of its callers, one of its token file. Without TLS it can be read on the way. */
  readonly token?: string;
}

/**
 * The client whoever knows Paddle Serving's Python `Client` and `HttpClient` expects, over gRPC and HTTP.
 *
 * ```ts
 * const client = new Client();
 * client.loadClientConfig("uci_housing_client");
 * client.connect(["127.0.0.1:9393"]);
 * const { price } = await client.predict({ feed: { x: features }, fetch: ["price"] });
 * client.close();
 * ```
 *
 * `new Client<Model>()` checks names and element types at compile time, with a `Model` that `paddlewheel types` wrote.
 */
export class Client<M extends ModelTypes = ModelTypes> {
  readonly #options: ClientOptions;
  readonly #security: ClientSecurity;
  #model: ModelConf | undefined;
  #transports: readonly CallTransport[] = [];
  #turn = 0;

  constructor(options: ClientOptions = {}) {
    this.#options = options;
    this.#security = resolveSecurity(options.tls, options.token);
  }

  /**
   * Reads what the model takes and gives.
   * @param paths `serving_client_conf` files or the folders they lie in; of several the first gives the feeds, the last the fetches
   * @throws ServeError invalidConf with one line for each fault.
   */
  loadClientConfig(paths: string | readonly string[]): void {
    this.#model = loadClientModel([paths].flat());
  }

  /**
   * Says where the servers are; connections are made at the first call. Replaces what was connected before.
   * @param endpoints `host:port` for gRPC, `http://host:port` or `https://host:port` for HTTP; several take turns
   */
  connect(endpoints: readonly string[]): void {
    this.close();
    this.#transports = endpoints.map((endpoint) => {
      const isUrl = /^https?:\/\//.test(endpoint);
      const security = this.#security;
      return isUrl
        ? new HttpTransport(endpoint, { ...this.#options.http, security })
        : new GrpcTransport(endpoint, { security });
    });
  }

  /** Alias names of the feed variables. */
  get feedNames(): readonly string[] {
    return this.#loadedModel().feedVars.map(({ aliasName }) => aliasName);
  }

  /** Alias names of the fetch variables. */
  get fetchNames(): readonly string[] {
    return this.#loadedModel().fetchVars.map(({ aliasName }) => aliasName);
  }

  /**
   * One call, and the outputs of the model by alias name.
   * @throws ServeError with the server's code and text; invalidArgument for a feed or fetch the model has not.
   */
  predict<F extends FetchName<M> = FetchName<M>>(options: PredictOptions<M, F>): Promise<FetchedOf<M, F>>;
  /** As above, for a workflow with several models, which answers by engine: say so with `predict<FetchedByEngine>`. */
  predict<P extends FetchedByEngine>(options: PredictOptions<M>): Promise<P>;
  async predict(options: PredictOptions): Promise<Prediction> {
    const request = buildRequest(this.#loadedModel(), options);
    const { timeoutMs = this.#options.timeoutMs ?? 200_000, signal } = options;
    const response = await this.#nextTransport().call(request, { timeoutMs, signal });
    return toPrediction(response);
  }

  /** Ends the connections and the calls on them. Idempotent; `connect` opens new ones. */
  close(): void {
    for (const transport of this.#transports) transport.close();
    this.#transports = [];
  }

  #loadedModel(): ModelConf {
    if (this.#model) return this.#model;
    throw new ServeError(Code.invalidArgument, "no model conf: call loadClientConfig first");
  }

  #nextTransport(): CallTransport {
    const transport = this.#transports[this.#turn++ % this.#transports.length];
    if (transport) return transport;
    throw new ServeError(Code.invalidArgument, "no endpoint: call connect first");
  }
}
