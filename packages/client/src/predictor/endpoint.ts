import type { PredictorConf } from "@paddlewheel/conf";
import {
  type Clock,
  Code,
  type Counter,
  limitCounter,
  nameHint,
  ServeError,
  systemClock,
} from "@paddlewheel/core";
import { Canary } from "../route/canary/canary.js";
import { Shadow } from "../route/shadow/shadow.js";
import { hashKey, type KeyHash, type ReadKey } from "../route/sticky-key.js";
import { WeightedRandomRender } from "../route/weighted-random-render.js";
import { Variant } from "../variant/variant.js";
import type { VariantEnvironment } from "../variant/variant-environment.js";
import type { ServiceCodecs } from "./service-codecs.js";

/** One logical service: its variants, whose turn it is, and how much may be under way. */
export class Endpoint {
  readonly name: string;
  readonly service: ServiceCodecs;
  /** Undefined where calls are not copied. */
  readonly shadow: Shadow | undefined;
  /** Undefined where no variant is on trial. */
  readonly canary: Canary | undefined;
  readonly #readKey: ReadKey | undefined;
  readonly #variants: Variant[] = [];
  readonly #router: WeightedRandomRender;
  readonly #random: () => number;
  readonly #clock: Clock;
  readonly #maxInFlight: number;
  readonly #refusals: Counter;
  #inFlight = 0;

  /** @throws ServeError invalidConf for files of TLS and token that cannot be read. */
  constructor(conf: PredictorConf, service: ServiceCodecs, environment: VariantEnvironment) {
    this.name = conf.name;
    this.service = service;
    this.#readKey = conf.stickyKey === undefined ? undefined : service.keyReader(conf.stickyKey);
    this.#router = new WeightedRandomRender(conf.weights);
    this.#random = environment.random;
    this.#clock = environment.clock ?? systemClock;
    this.#maxInFlight = conf.maxInFlight;
    this.#refusals = limitCounter(environment.metrics, "client_in_flight", { endpoint: conf.name });
    this.#addVariants(conf, environment);
    const { name: endpoint, canary, shadow } = conf;
    const optionsFor = <C extends { readonly variant: string }>(side: C) => ({
      endpoint,
      conf: side,
      variant: this.pick(side.variant),
      environment,
    });
    this.shadow = shadow && new Shadow(optionsFor(shadow));
    this.canary = canary && new Canary(optionsFor(canary));
  }

  async ready(): Promise<void> {
    await Promise.all(this.#variants.map((variant) => variant.ready()));
  }

  /** Whether the request decides on the variant, so that none is picked before. */
  get isSticky(): boolean {
    return this.#readKey !== undefined;
  }

  /** What a request sticks to; undefined when it has no key, and for an endpoint that is not sticky. */
  keyOf(request: object): KeyHash | undefined {
    const key = this.#readKey?.(request);
    return key && hashKey(key, this.name);
  }

  /**
   * @param tag of the variant wanted; undefined lets the weights decide
   * @param share what they decide by, from 0 to below 1; at random by default
   * @throws ServeError notFound for a tag that no variant has.
   */
  pick(tag: string | undefined, share: number = this.#random()): Variant {
    const variant =
      tag === undefined
        ? this.#variants[this.#router.pick(share)]
        : this.#variants.find(({ conf }) => conf.tag === tag);
    if (variant) return variant;
    const tags = this.#variants.map(({ conf }) => conf.tag);
    throw new ServeError(
      Code.notFound,
      `"${this.name}" has no variant "${tag}"${nameHint(String(tag), tags)}`,
    );
  }

  /** Whether a request, or what is fetched for one, is of the canary's share; by the key where there is one, else by lot. */
  isOfCanary(key?: KeyHash): boolean {
    return this.canary?.isDrawnBy(key?.canaryShare ?? this.#random()) ?? false;
  }

  /** The canary for what is of its share, while it has one; else the variant itself. */
  standInFor(variant: Variant, isOfCanary: boolean): Variant {
    return isOfCanary && this.canary?.isServing() ? this.canary.variant : variant;
  }

  /** Lets a call in, which must `leave`. @throws ServeError resourceExhausted when too many are under way. */
  enter(): void {
    if (this.#inFlight < this.#maxInFlight) {
      this.#inFlight++;
      return;
    }
    this.#refusals.increment();
    const message = `"${this.name}" has ${this.#maxInFlight} calls in flight already, its max_in_flight`;
    throw new ServeError(Code.resourceExhausted, message);
  }

  leave(): void {
    this.#inFlight--;
  }

  /** Milliseconds, for differences. */
  now(): number {
    return this.#clock.now();
  }

  /** Idempotent. */
  close(): void {
    this.shadow?.close();
    for (const variant of this.#variants) variant.close();
  }

  #addVariants({ name, variants }: PredictorConf, environment: VariantEnvironment): void {
    try {
      for (const variant of variants) this.#variants.push(new Variant(name, variant, environment));
    } catch (error) {
      // Those before it watch their servers already.
      this.close();
      throw error;
    }
  }
}
