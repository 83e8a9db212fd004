import {
  type Clock,
  type EngineConf,
  Isolation,
  type Logger,
  type Metrics,
  nearestNameHint,
  Placement,
  ReloadableType,
} from "@paddlewheel/core";
import type { ArrivalWatch } from "../batch/arrival-watch.js";
import { batchConfOf } from "../batch/plan-batching.js";
import type { ModelCache, PreparedModel } from "../cache/model-cache.js";
import type { MakeScratchFolder } from "../cache/scratch-folder.js";
import type { CoreFactory, CoreRegistry, ModelFiles } from "../core/fluid-family-core.js";
import type { CipherKey } from "../encrypt/cipher-key.js";
import { type ModelKeySource, resolveKey } from "../encrypt/resolve-key.js";
import { verifyModel } from "../golden/verify-model.js";
import type { LoadGate } from "../reload/load-gate.js";
import type { Executor } from "../run/executor.js";
import { InlineExecutor } from "../run/inline-executor.js";
import { WorkerPool, type WorkerPoolOptions } from "../run/worker-pool.js";
import { onlyVersion } from "../version/compare-versions.js";
import { fingerprintFolder } from "../version/folder-fingerprint.js";
import type { VersionSource } from "../version/plan-versions.js";
import { EngineMetrics } from "./engine-metrics.js";
import {
  type EnginePlacement,
  InferEngine,
  type InferEngineOptions,
  type LoadedStatus,
} from "./infer-engine.js";
import { measureRun } from "./measure-run.js";
import { resolveModelConf } from "./model-conf.js";
import { type PlacementFacts, planPlacement } from "./plan-placement.js";

/** A run that takes so long hangs: models answer in milliseconds, the slowest in seconds. */
const defaultMaxRunMs = 60_000;

export interface EngineSurroundings {
  readonly cores: CoreRegistry;
  readonly defaultThreadNum: number;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Told who comes to the engines. */
  readonly arrivals: ArrivalWatch;
  /** Where models are prepared; undefined when they are not. */
  readonly modelCache: ModelCache | undefined;
  /** Gives the keys of encrypted models; undefined when conf alone does. */
  readonly modelKey: ModelKeySource | undefined;
  /** Where a model that lies in parts is put together. */
  readonly makeScratch: MakeScratchFolder;
  /** Lets so many models load at once. */
  readonly loadGate: LoadGate;
  /** Milliseconds between two looks for new models, of an engine whose conf does not say. */
  readonly reloadIntervalMs: number;
  /** Bytes of the request cache, of an engine whose conf does not say; 0 for none. */
  readonly requestCacheSize: number;
}

/** A version that is to be loaded. */
export interface VersionToLoad {
  readonly conf: EngineConf;
  readonly source: VersionSource;
  /** Tells its content from what was served under the same version before. */
  readonly revision: string | undefined;
  /** Whether its folder must still be what it was, when it is loaded. */
  readonly mustBeUnchanged: boolean;
}

type LoadOptions = Omit<WorkerPoolOptions, "threads">;

/** A model that was found, and how it is to be run. */
interface FoundModel {
  /** `modelDir` is the folder of the version. */
  readonly conf: EngineConf;
  readonly factory: CoreFactory;
  readonly files: ModelFiles;
  readonly facts: PlacementFacts;
}

/**
 * Loads one version of a model, warms it up and verifies it.
 * @throws Error that says why it cannot be served, without the engine's name.
 */
export async function loadVersion(
  { conf, source, revision, mustBeUnchanged }: VersionToLoad,
  surroundings: EngineSurroundings,
): Promise<InferEngine> {
  const key = await resolveKey(conf, { source: surroundings.modelKey, clock: surroundings.clock });
  let found: FoundModel | undefined;
  let prepared: PreparedModel | undefined;
  let engine: InferEngine | undefined;
  const release = async (): Promise<void> => {
    await prepared?.release();
    await found?.files.release?.();
    key?.wipe();
  };
  try {
    found = await findModel({ ...conf, modelDir: source.dir }, surroundings);
    prepared = await prepareModel(found, surroundings.modelCache);
    const identity = { version: source.version, revision, prepared, release, key };
    engine = await openVersion(found, identity, surroundings);
    await verifyModel(engine, source.dir);
    if (mustBeUnchanged) await checkUnchanged(source);
    logLoaded(surroundings.logger, engine.status());
    return engine;
  } catch (thrown) {
    await engine?.close();
    await release();
    throw thrown;
  }
}

async function findModel(conf: EngineConf, surroundings: EngineSurroundings): Promise<FoundModel> {
  const factory = coreFactory(conf.type, surroundings.cores);
  const { placement, isolation, runtimeThreadNum, isEncrypted } = conf;
  const { makeScratch } = surroundings;
  checkThreads(conf);
  checkIsolation(conf);
  const files = await factory.findModel(conf.modelDir, { isEncrypted, makeScratch });
  const { defaultThreadNum } = surroundings;
  const facts = { placement, isolation, runtimeThreadNum, defaultThreadNum, modelBytes: files.bytes };
  return { conf, factory, files, facts };
}

/** The prepared form of a model that all its copies open; undefined where they open the original. */
async function prepareModel(
  { conf, factory, files }: FoundModel,
  cache: ModelCache | undefined,
): Promise<PreparedModel | undefined> {
  const { name: engine, session, model } = conf;
  const traits = await factory.preparedTraits?.(session);
  if (!cache || !traits || !files.files) return undefined;
  const { dataPath, bytes } = files;
  const { module } = factory;
  return cache.acquire({ engine, module, dataPath, files: files.files, bytes, traits, session, model });
}

interface VersionIdentity extends Pick<InferEngineOptions, "version" | "revision" | "prepared" | "release"> {
  readonly key: CipherKey | undefined;
}

async function openVersion(
  { conf, factory, files, facts }: FoundModel,
  { key, ...identity }: VersionIdentity,
  surroundings: EngineSurroundings,
): Promise<InferEngine> {
  const { name, type, model, session } = conf;
  const { version, prepared } = identity;
  const { clock, logger, arrivals } = surroundings;
  const observer = new EngineMetrics(surroundings.metrics, name, version);
  const source = {
    module: factory.module,
    dataPath: files.dataPath,
    model,
    session,
    preparedDir: prepared?.dir,
  };
  const limits = { maxQueueSize: conf.maxQueueSize, maxQueueWaitMs: conf.batching.maxQueueWaitMs };
  const { isolation, maxRunMs = defaultMaxRunMs } = conf;
  const batch = batchConfOf(conf);
  const surrounding = { clock, logger, observer, arrivals };
  const findings = prepared?.findings;
  const options = { engine: name, source, key, findings, batch, limits, isolation, maxRunMs, ...surrounding };
  const placement = await choosePlacement(facts, options);
  const executor = await createExecutor(placement, options);
  try {
    const resolved = resolveModelConf(executor.report.signature, model);
    const isReported = version !== onlyVersion || conf.reloadableType !== ReloadableType.none;
    return new InferEngine({ ...identity, name, type, model: resolved, isReported, placement, executor });
  } catch (thrown) {
    await executor.close();
    throw thrown;
  }
}

/** Its threads may have read a file each at another time. */
async function checkUnchanged({ dir, fingerprint }: VersionSource): Promise<void> {
  if ((await fingerprintFolder(dir)).text === fingerprint) return;
  throw new Error(`${dir} changed while it was loaded`);
}

function coreFactory(type: string, cores: CoreRegistry): CoreFactory {
  const factory = cores.get(type);
  if (factory) return factory;
  const known = [...cores.keys()].join(", ");
  throw new Error(
    `there is no engine type "${type}"${nearestNameHint(type, cores.keys())} (known: ${known})`,
  );
}

function checkThreads({ placement, runtimeThreadNum }: EngineConf): void {
  if (placement !== Placement.inline || runtimeThreadNum === 0) return;
  throw new Error(
    `placement is inline, which has no threads, but runtime_thread_num is ${runtimeThreadNum}; it must be 0`,
  );
}

function checkIsolation({ placement, isolation, maxRunMs }: EngineConf): void {
  if (isolation === Isolation.process && placement === Placement.inline) {
    throw new Error(
      "placement is inline, which has no workers, but isolation is process; one of them must go",
    );
  }
  if (isolation === Isolation.thread && maxRunMs !== undefined) {
    throw new Error(
      `max_run_ms is ${maxRunMs}, but the run of a thread cannot be ended; it needs isolation process`,
    );
  }
}

async function choosePlacement(facts: PlacementFacts, options: LoadOptions): Promise<EnginePlacement> {
  const plan = planPlacement(facts);
  if (plan.kind !== "measure") return plan;
  const measured = planPlacement({ ...facts, measured: await measureRun(options) });
  if (measured.kind === "measure") throw new Error("a measured model was to be measured again");
  return measured;
}

function createExecutor(placement: EnginePlacement, options: LoadOptions): Promise<Executor> {
  if (placement.kind === "inline") return InlineExecutor.create(options);
  return WorkerPool.create({ ...options, threads: placement.threads });
}

function logLoaded(logger: Logger, status: LoadedStatus): void {
  const { name, version, revision, placement, batching, loadMs, warmUp, warning, copies } = status;
  const which = { engine: name, version, ...(revision === undefined ? {} : { revision }) };
  const place = { placement: placement.kind, reason: placement.reason, copies };
  const fields = { ...which, ...place, batchRows: batching.maxRows, batchReason: batching.reason };
  logger.info({ ...fields, loadMs: Math.round(loadMs), runMicros: warmUp.runMicros }, "engine loaded");
  if (warning !== undefined) logger.warn({ engine: name }, warning);
  if (warmUp.failure !== undefined) {
    logger.warn({ ...which, failure: warmUp.failure }, "the warm-up on made-up inputs failed");
  }
}
