import { join } from "node:path";
import type { SdkConf } from "@paddlewheel/conf";
import {
  type Clock,
  Code,
  type Logger,
  type Metrics,
  nameHint,
  noMetrics,
  ServeError,
  silentLogger,
} from "@paddlewheel/core";
import type { GeneralResponse } from "@paddlewheel/wire";
import type { Canary } from "../route/canary/canary.js";
import type { CanaryState } from "../route/canary/canary-state.js";
import type { ShadowReport } from "../route/shadow/shadow-report.js";
import type { HostTransport } from "../transport/host-transport.js";
import type { VariantEnvironment } from "../variant/variant-environment.js";
import { loadPredictors } from "./check-predictors.js";
import { Endpoint } from "./endpoint.js";
import type { GeneralCall } from "./general-codecs.js";
import { Predictor } from "./predictor.js";

export interface PredictorApiOptions {
  /** Default: silent. */
  readonly logger?: Logger;
  /** Default: none are kept. */
  readonly metrics?: Metrics;
  /** Numbers from 0 to below 1, for variants and servers. Default Math.random. */
  readonly random?: () => number;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Makes the transport to a server, in the place of those of the protocol that conf names. */
  readonly connect?: (address: string) => HostTransport;
}

/** Which servers of an endpoint. */
export interface FetchParams {
  /** Tag of the variant; default: the weights decide. */
  readonly variant?: string;
  /** One of the `tag_candidates` of a variant with a `split_conf`, which needs it. */
  readonly split?: string;
}

/**
 * Calls the services of a predictors.prototxt, as Paddle Serving's C++ SDK does.
 *
 * ```ts
 * const api = new PredictorApi();
 * await api.create("conf", "predictors.prototxt");
 * const predictor = api.fetchPredictor("general_model");
 * const response = await predictor.inference({ tensors: [tensor] });
 * api.freePredictor(predictor);
 * api.destroy();
 * ```
 *
 * Until it is destroyed it watches servers that are named by file or DNS; that alone keeps no process alive.
 */
export class PredictorApi {
  readonly #environment: VariantEnvironment;
  #endpoints: ReadonlyMap<string, Endpoint> | undefined;

  constructor(options: PredictorApiOptions = {}) {
    const { logger = silentLogger, metrics = noMetrics, random = Math.random } = options;
    this.#environment = { logger, metrics, random, clock: options.clock, connect: options.connect };
  }

  /**
   * Reads a conf file, prototxt or YAML, and resolves when the servers of all variants are named.
   * @param path of the folder; files that conf names are looked for there
   * @throws ServeError invalidConf with one line for each fault, invalidArgument when it is created already.
   */
  async create(path: string, file: string): Promise<void> {
    await this.#create(join(path, file));
  }

  /** The same from an object; files it names are looked for in the working directory. */
  async createFrom(conf: SdkConf): Promise<void> {
    await this.#create(conf);
  }

  /** Does nothing: here no thread has channels of its own that it would have to set up. */
  thrdInitialize(): void {}

  /** Does nothing: no state is kept between the calls of a thread. */
  thrdClear(): void {}

  /** Does nothing, for the reason of `thrdInitialize`. */
  thrdFinalize(): void {}

  /**
   * Picks a variant by weight and gives what calls it; with a `sticky_key` each request picks its variant later. Cheap enough to be done for each request, which is what makes the
   * weights hold. Name the types of a service with a .proto of its own: `fetchPredictor<EchoRequest, EchoResponse>("echo")`.
   * @throws ServeError notFound for an endpoint or variant there is none of, invalidArgument for a wrong `split`.
   */
  fetchPredictor<Request extends object = GeneralCall, Response extends object = GeneralResponse>(
    endpoint: string,
    { variant, split }: FetchParams = {},
  ): Predictor<Request, Response> {
    const found = this.#endpointOf(endpoint);
    const isOpen = found.isSticky && variant === undefined;
    return new Predictor<Request, Response>(found, {
      variant: isOpen ? undefined : found.pick(variant),
      isOfCanary: !isOpen && variant === undefined && found.isOfCanary(),
      split,
      isNamed: variant !== undefined,
    });
  }

  /**
   * What came of the copies of an endpoint's calls so far.
   * @throws ServeError notFound for an endpoint there is none of, invalidArgument for one without `shadow`.
   */
  shadowReport(endpoint: string): ShadowReport {
    const { shadow } = this.#endpointOf(endpoint);
    if (shadow) return shadow.report();
    throw new ServeError(Code.invalidArgument, `"${endpoint}" has no shadow: its calls are not copied`);
  }

  /**
   * How the canary of an endpoint is doing.
   * @throws ServeError notFound for an endpoint there is none of, invalidArgument for one without `canary`.
   */
  canaryState(endpoint: string): CanaryState {
    return this.#canaryOf(endpoint).state();
  }

  /** Gives the canary its share of the calls again, and forgets what it did so far. @throws ServeError as `canaryState`. */
  resetCanary(endpoint: string): void {
    this.#canaryOf(endpoint).reset();
  }

  /** The predictor takes no further call; those under way go on. Idempotent. */
  freePredictor(predictor: Pick<Predictor, "free">): void {
    predictor.free();
  }

  /** Ends all calls, connections and watching. Idempotent; `create` may follow. */
  destroy(): void {
    const endpoints = this.#endpoints;
    this.#endpoints = undefined;
    for (const endpoint of endpoints?.values() ?? []) endpoint.close();
  }

  async #create(source: string | SdkConf): Promise<void> {
    if (this.#endpoints) throw new ServeError(Code.invalidArgument, "is created already: destroy it first");
    const { conf, services } = loadPredictors(source);
    const endpoints = new Map<string, Endpoint>();
    this.#endpoints = endpoints;
    try {
      for (const [index, predictor] of conf.predictors.entries()) {
        const service = services[index];
        if (service) endpoints.set(predictor.name, new Endpoint(predictor, service, this.#environment));
      }
      await Promise.all([...endpoints.values()].map((endpoint) => endpoint.ready()));
    } catch (error) {
      for (const endpoint of endpoints.values()) endpoint.close();
      // It may have been destroyed meanwhile, and created anew.
      if (this.#endpoints === endpoints) this.#endpoints = undefined;
      throw error;
    }
  }

  #canaryOf(endpoint: string): Canary {
    const { canary } = this.#endpointOf(endpoint);
    if (canary) return canary;
    throw new ServeError(Code.invalidArgument, `"${endpoint}" has no canary: no variant of it is on trial`);
  }

  #endpointOf(name: string): Endpoint {
    if (!this.#endpoints)
      throw new ServeError(Code.invalidArgument, "there are no endpoints: create it first");
    const endpoint = this.#endpoints.get(name);
    if (endpoint) return endpoint;
    throw new ServeError(Code.notFound, `no endpoint "${name}"${nameHint(name, this.#endpoints.keys())}`);
  }
}
