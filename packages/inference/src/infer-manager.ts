import { availableParallelism } from "node:os";
import {
  type Clock,
  Code,
  type EngineConf,
  type InferEngineInfo,
  type InferManager,
  type InferOptions,
  type Logger,
  type Metrics,
  noMetrics,
  ServeError,
  silentLogger,
  systemClock,
  type TensorMap,
  type VersionChoice,
} from "@paddlewheel/core";
import { defaultCacheDir } from "./cache/cache-folder.js";
import { ModelCache, type ModelCacheOptions } from "./cache/model-cache.js";
import { scratchFolders } from "./cache/scratch-folder.js";
import { engineTypes } from "./core/engine-types.js";
import type { CoreRegistry } from "./core/fluid-family-core.js";
import type { ModelKeySource } from "./encrypt/resolve-key.js";
import type { EngineSurroundings } from "./engine/load-version.js";
import type { EngineStatus } from "./engine/versioned-infer-engine.js";
import { LoadGate } from "./reload/load-gate.js";
import { VersionKeeper } from "./reload/version-keeper.js";
import { LoopRest } from "./run/loop-rest.js";

/** What happens while engines load, for whoever waits for a start. */
export type LoadProgress =
  | { readonly kind: "loading"; readonly engine: string; readonly index: number; readonly total: number }
  | { readonly kind: "loaded"; readonly engine: string; readonly status: EngineStatus }
  | { readonly kind: "failed"; readonly engine: string; readonly reason: string };

export interface InferManagerOptions {
  readonly engines: readonly EngineConf[];
  /** Threads of a pooled engine whose `runtime_thread_num` is 0. Default: the cores this process may use. */
  readonly defaultThreadNum?: number;
  /** Default `engineTypes`. */
  readonly cores?: CoreRegistry;
  readonly metrics?: Metrics;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Milliseconds between two looks for new models, of engines whose conf does not say. Default 10 s, Paddle Serving's. */
  readonly reloadIntervalMs?: number;
  /** Bytes of results that each engine keeps whose conf does not say; see docs/request-cache.md. Default 0, none. */
  readonly requestCacheSize?: number;
  /**
   * Models that may be loaded at once while the server runs. Default 1: a load takes several times the memory of its
   * model, and one core or more.
   */
  readonly loadConcurrency?: number;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Where models are prepared, so that their copies share weights and load fast. Default: they are not. */
  readonly modelCache?: Pick<ModelCacheOptions, "dir" | "maxBytes" | "minModelBytes">;
  /** Gives the keys of engines that have `encrypted_model` and no `key_file`. */
  readonly modelKey?: ModelKeySource;
  /** Once it is aborted no further engine is loaded; a load under way is waited for, it cannot be broken off. */
  readonly signal?: AbortSignal;
}

/**
 * Loads and warms up every engine, one after the other: a load takes several times the memory of its model, and the
 * copies of one engine already load side by side. With a cache a model is prepared once, before its copies open it.
 * @throws ServeError modelLoadFailure when any engine cannot be loaded, with a line for each that cannot; the others
 * are closed again.
 */
export async function createInferManager(options: InferManagerOptions): Promise<LocalInferManager> {
  const { engines: confs, onProgress = () => {} } = options;
  const surroundings = resolveSurroundings(options);
  const engines = new Map<string, VersionKeeper>();
  const faults: string[] = [];
  for (const [index, conf] of confs.entries()) {
    if (options.signal?.aborted) {
      faults.push("loading was stopped");
      break;
    }
    const { name } = conf;
    onProgress({ kind: "loading", engine: name, index, total: confs.length });
    try {
      if (engines.has(name)) throw new Error("another engine has the same name");
      const keeper = await VersionKeeper.start(conf, surroundings);
      engines.set(name, keeper);
      onProgress({ kind: "loaded", engine: name, status: keeper.engine.status() });
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      faults.push(`engine "${name}": ${reason}`);
      onProgress({ kind: "failed", engine: name, reason });
    }
  }
  const manager = new LocalInferManager(engines);
  if (faults.length === 0) return manager;
  await manager.close();
  throw new ServeError(Code.modelLoadFailure, faults.join("\n"));
}

function resolveSurroundings(options: InferManagerOptions): EngineSurroundings {
  const { metrics = noMetrics, logger = silentLogger, modelCache } = options;
  return {
    cores: options.cores ?? engineTypes,
    defaultThreadNum: options.defaultThreadNum ?? availableParallelism(),
    metrics,
    clock: options.clock ?? systemClock,
    arrivals: new LoopRest({ metrics }),
    logger,
    modelCache: modelCache && new ModelCache({ ...modelCache, metrics, logger }),
    modelKey: options.modelKey,
    makeScratch: scratchFolders(modelCache && (modelCache.dir ?? defaultCacheDir()), metrics),
    loadGate: new LoadGate(options.loadConcurrency ?? 1),
    reloadIntervalMs: options.reloadIntervalMs ?? defaultReloadIntervalMs,
    requestCacheSize: options.requestCacheSize ?? 0,
  };
}

/** Paddle Serving's `reload_interval_s`. */
const defaultReloadIntervalMs = 10_000;

/** Engines of this process, by name. */
export class LocalInferManager implements InferManager {
  readonly #keepers: ReadonlyMap<string, VersionKeeper>;
  /** The same by what a run needs. */
  readonly #engines: ReadonlyMap<string, VersionKeeper["engine"]>;

  constructor(keepers: ReadonlyMap<string, VersionKeeper>) {
    this.#keepers = keepers;
    this.#engines = new Map([...keepers].map(([name, { engine }]) => [name, engine]));
  }

  has(name: string): boolean {
    return this.#engines.has(name);
  }

  engine(name: string, choice: VersionChoice = {}): InferEngineInfo {
    return find(this.#engines, name).pick(choice);
  }

  infer(name: string, inputs: TensorMap, options?: InferOptions): Promise<TensorMap> {
    try {
      return find(this.#engines, name).infer(inputs, options);
    } catch (refusal) {
      return Promise.reject(refusal);
    }
  }

  refusal(name: string, choice: VersionChoice): ServeError | undefined {
    return this.#engines.get(name)?.refusal(choice);
  }

  /** All engines as they are now, in the order of conf. */
  engines(): EngineStatus[] {
    return [...this.#engines.values()].map((engine) => engine.status());
  }

  /** Whether every engine can answer. */
  get isReady(): boolean {
    return [...this.#engines.values()].every((engine) => engine.isReady);
  }

  /**
   * Looks for new models of an engine now, and loads them; loads that failed are tried again. What came of it, its status
   * tells.
   * @throws ServeError notFound when no engine has the name.
   */
  async reload(name: string): Promise<EngineStatus> {
    const keeper = find(this.#keepers, name);
    await keeper.reload();
    return keeper.engine.status();
  }

  /**
   * Points a label of an engine at a version, until the server ends or its `version_file` changes.
   * @throws ServeError notFound when there is no such engine or version, unavailable when the version is not ready.
   */
  setLabel(name: string, label: string, version: string): EngineStatus {
    const keeper = find(this.#keepers, name);
    keeper.setLabel(label, version);
    return keeper.engine.status();
  }

  /** Takes no new runs, waits for those there are, gives the models back. Idempotent. */
  async close(): Promise<void> {
    await Promise.all([...this.#keepers.values()].map((keeper) => keeper.close()));
  }
}

function find<T>(engines: ReadonlyMap<string, T>, name: string): T {
  const engine = engines.get(name);
  if (!engine) throw new ServeError(Code.notFound, `no engine named "${name}"`);
  return engine;
}
