import type { PredictorVariantConf } from "@paddlewheel/conf";
import { Code, nameHint, ServeError } from "@paddlewheel/core";
import { type CallEngine, createCallEngine } from "../call/call-engine.js";
import { measureCalls } from "../call/measure-calls.js";
import { createCluster } from "../cluster/create-cluster.js";
import type { ObservableCluster } from "../cluster/named-cluster.js";
import { parseFilterStrategy } from "../cluster/tags.js";
import type { HostTransport } from "../transport/host-transport.js";
import { connectBy } from "./connect-by.js";
import type { VariantEnvironment } from "./variant-environment.js";

/** Servers that are called in one way, or several such groups told apart by a tag. */
export class Variant {
  readonly conf: PredictorVariantConf;
  readonly #endpoint: string;
  /** By candidate of the split; the one of a variant without a split by undefined. */
  readonly #engines = new Map<string | undefined, CallEngine>();
  readonly #clusters: ObservableCluster[] = [];

  /** @throws ServeError invalidConf for files of TLS and token that cannot be read. */
  constructor(endpoint: string, conf: PredictorVariantConf, environment: VariantEnvironment) {
    this.conf = conf;
    this.#endpoint = endpoint;
    const connect = environment.connect ?? connectBy(conf, environment.clock);
    for (const candidate of conf.split?.candidates ?? [undefined]) {
      this.#add(candidate, connect, environment);
    }
  }

  /** Resolves when all its servers are named. @throws ServeError when they cannot be. */
  async ready(): Promise<void> {
    await Promise.all(this.#clusters.map((cluster) => cluster.ready()));
  }

  /**
   * @param split which candidate's servers; undefined where the variant is not split
   * @throws ServeError invalidArgument for a candidate it has not.
   */
  engineOf(split: string | undefined): CallEngine {
    const engine = this.#engines.get(split);
    if (engine) return engine;
    throw new ServeError(Code.invalidArgument, this.#noSuchSplit(split));
  }

  /** Ends calls, connections and watching. Idempotent. */
  close(): void {
    for (const engine of this.#engines.values()) engine.close();
    for (const cluster of this.#clusters) cluster.close();
  }

  #add(
    candidate: string | undefined,
    connect: (address: string) => HostTransport,
    { clock, logger, metrics, random }: VariantEnvironment,
  ): void {
    const { connection, naming, split, tag } = this.conf;
    const pairs = split && candidate !== undefined ? [`${split.tagName}:${candidate}`] : [];
    const cluster = createCluster({
      name: [this.#endpoint, tag, ...pairs].join("/"),
      naming: naming.cluster,
      loadBalancer: naming.loadBalanceStrategy,
      requiredTags: [...parseFilterStrategy(naming.clusterFilterStrategy), ...pairs],
      clock,
      random,
      logger,
      metrics,
    });
    const { hedgeAfter, hedgeBudgetShare, retryBudgetShare, connectRetryCount } = connection;
    const engine = createCallEngine({
      cluster,
      connect,
      retry: { maxRetries: connectRetryCount, budgetShare: retryBudgetShare },
      hedge: hedgeAfter === undefined ? undefined : { after: hedgeAfter, budgetShare: hedgeBudgetShare },
      endpoint: this.#endpoint,
      variant: tag,
      observer: measureCalls(metrics, { endpoint: this.#endpoint, variant: tag }),
      ...(clock ? { clock } : {}),
      random,
    });
    this.#clusters.push(cluster);
    this.#engines.set(candidate, engine);
  }

  #noSuchSplit(split: string | undefined): string {
    const { split: conf, tag } = this.conf;
    const where = `variant "${tag}" of "${this.#endpoint}"`;
    if (!conf) return `${where} is not split: leave split out`;
    if (split === undefined) {
      return `${where} is split by ${conf.tagName}: say with split which, of ${conf.candidates.join(", ")}`;
    }
    return `${where} has no split "${split}"${nameHint(split, conf.candidates)}`;
  }
}
