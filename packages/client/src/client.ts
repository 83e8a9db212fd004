import { Code, type ModelConf, type ModelTypes, ServeError } from "@paddlewheel/core";
import { loadClientModel } from "./client-model.js";
import type { ClientOptions } from "./client-options.js";
import { ClientVariant, type VariantConf } from "./client-variant.js";
import { buildRequest } from "./feed/build-request.js";
import type {
  FetchedOf,
  FetchName,
  MetadataPredictOptions,
  PredictMetadata,
  PredictOptions,
  TaggedPredictOptions,
} from "./predict-options.js";
import { type FetchedByEngine, type Prediction, toPrediction } from "./prediction.js";
import { WeightedRandomRender } from "./route/weighted-random-render.js";

/** Compat: the tag of a client without variants, as Paddle Serving's C++ client has it. */
const defaultTag = "default_tag_1";

/**
 * The client whoever knows Paddle Serving's Python `Client` and `HttpClient` expects, over gRPC, HTTP and baidu_std.
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
  readonly #variantConfs: VariantConf[] = [];
  #timeoutMs: number;
  #model: ModelConf | undefined;
  #variants: ClientVariant[] = [];
  #router = new WeightedRandomRender([]);

  constructor(options: ClientOptions = {}) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 200_000;
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
   * Names a group of servers that gets its share of the calls once `connect` is called, without endpoints.
   * @param endpoints as `connect` takes them
   * @param weight a whole number from 0 on; the share is that of the sum of all weights
   * @throws ServeError invalidArgument for a tag that is there already, or a weight that is none.
   */
  addVariant(tag: string, endpoints: readonly string[], weight: number): void {
    if (this.#variantConfs.some((variant) => variant.tag === tag)) {
      throw new ServeError(Code.invalidArgument, `variant "${tag}" was added already`);
    }
    if (!Number.isSafeInteger(weight) || weight < 0) {
      throw new ServeError(
        Code.invalidArgument,
        `variant "${tag}": weight ${weight} is not a whole number from 0 on`,
      );
    }
    this.#variantConfs.push({ tag, endpoints, weight });
  }

  /**
   * Says where the servers are; connections are made at the first call. Replaces what was connected before.
   * @param endpoints `host:port` or `grpc://host:port` for gRPC, with TLS `grpcs://`, `http://host:port` or `https://host:port`
   * for HTTP, `baidu_std://host:port`, and `list://` or `file://` with several; to be left out after `addVariant`
   * @throws ServeError invalidArgument or invalidConf for an endpoint that is none.
   */
  connect(endpoints?: readonly string[]): void {
    const confs = this.#confsOf(endpoints);
    this.close();
    this.#router = new WeightedRandomRender(confs.map(({ weight }) => weight));
    try {
      for (const conf of confs) this.#variants.push(new ClientVariant(conf, this.#options));
    } catch (thrown) {
      this.close();
      throw thrown;
    }
  }

  /** Time a call may take from now on, in milliseconds. */
  setRpcTimeoutMs(timeoutMs: number): void {
    this.#timeoutMs = timeoutMs;
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
  /** As above, with the tag of the variant that was called. */
  predict<F extends FetchName<M> = FetchName<M>>(
    options: TaggedPredictOptions<M, F>,
  ): Promise<[FetchedOf<M, F>, string]>;
  /** As above, with all there is to know of who answered. */
  predict<F extends FetchName<M> = FetchName<M>>(
    options: MetadataPredictOptions<M, F>,
  ): Promise<[FetchedOf<M, F>, PredictMetadata]>;
  /** As above, for a workflow with several models, which answers by engine: say so with `predict<FetchedByEngine>`. */
  predict<P extends FetchedByEngine>(options: PredictOptions<M>): Promise<P>;
  predict<P extends FetchedByEngine>(options: TaggedPredictOptions<M>): Promise<[P, string]>;
  predict<P extends FetchedByEngine>(options: MetadataPredictOptions<M>): Promise<[P, PredictMetadata]>;
  async predict(
    options: PredictOptions | TaggedPredictOptions | MetadataPredictOptions,
  ): Promise<Prediction | [Prediction, string | PredictMetadata]> {
    const request = buildRequest(this.#loadedModel(), options);
    const { timeoutMs = this.#timeoutMs, signal, modelVersion } = options;
    const variant = this.#nextVariant();
    const answer = await variant.next().call(request, { timeoutMs, signal, modelVersion });
    const prediction = toPrediction(answer.response);
    if (options.needVariantTag) return [prediction, variant.tag];
    if (!options.needMetadata) return prediction;
    return [prediction, { variantTag: variant.tag, host: answer.host, modelVersion: answer.modelVersion }];
  }

  /** Ends the connections and the calls on them. Idempotent; `connect` opens new ones. */
  close(): void {
    for (const variant of this.#variants) variant.close();
    this.#variants = [];
  }

  #confsOf(endpoints: readonly string[] | undefined): readonly VariantConf[] {
    const added = this.#variantConfs;
    if (endpoints && added.length === 0) return [{ tag: defaultTag, endpoints, weight: 1 }];
    if (endpoints) {
      throw new ServeError(
        Code.invalidArgument,
        "connect: leave out the endpoints, the variants that were added have theirs",
      );
    }
    if (added.some(({ weight }) => weight > 0)) return added;
    const message =
      added.length === 0 ? "no endpoint, and no variant was added" : "the weights of all variants are 0";
    throw new ServeError(Code.invalidArgument, `connect: ${message}`);
  }

  #loadedModel(): ModelConf {
    if (this.#model) return this.#model;
    throw new ServeError(Code.invalidArgument, "no model conf: call loadClientConfig first");
  }

  #nextVariant(): ClientVariant {
    const variant = this.#variants[this.#router.pick(Math.random())];
    if (variant) return variant;
    throw new ServeError(Code.invalidArgument, "no endpoint: call connect first");
  }
}
