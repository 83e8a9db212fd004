import {
  type Clock,
  type EngineConf,
  type Logger,
  type Metrics,
  nearestNameHint,
  Placement,
} from "@paddlewheel/core";
import type { ModelCache, PreparedModel } from "../cache/model-cache.js";
import type { CoreFactory, CoreRegistry, ModelFiles } from "../core/fluid-family-core.js";
import type { Executor } from "../run/executor.js";
import { InlineExecutor } from "../run/inline-executor.js";
import { WorkerPool, type WorkerPoolOptions } from "../run/worker-pool.js";
import { EngineMetrics } from "./engine-metrics.js";
import { type EnginePlacement, type EngineStatus, InferEngine } from "./infer-engine.js";
import { resolveModelConf } from "./model-conf.js";
import { type PlacementFacts, planPlacement } from "./plan-placement.js";

export interface EngineSurroundings {
  readonly cores: CoreRegistry;
  readonly defaultThreadNum: number;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Where models are prepared; undefined when they are not. */
  readonly modelCache: ModelCache | undefined;
}

type LoadOptions = Omit<WorkerPoolOptions, "threads">;

/** The version of a model whose folder has no versions. */
const onlyVersion = "0";

/** A model that was found, and how it is to be run. */
interface FoundModel {
  readonly conf: EngineConf;
  readonly factory: CoreFactory;
  readonly files: ModelFiles;
  readonly facts: PlacementFacts;
}

/**
 * Loads and warms one engine.
 * @throws Error that says why it cannot be loaded, without the engine's name.
 */
export async function loadEngine(conf: EngineConf, surroundings: EngineSurroundings): Promise<InferEngine> {
  const factory = coreFactory(conf.type, surroundings.cores);
  const files = await factory.findModel(conf.modelDir);
  const facts = placementFacts(conf, files.bytes, surroundings);
  const found = { conf, factory, files, facts };
  const prepared = await prepareModel(found, surroundings.modelCache);
  try {
    return await openEngine(found, surroundings, prepared);
  } catch (thrown) {
    await prepared?.release();
    throw thrown;
  }
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

async function openEngine(
  { conf, factory, files, facts }: FoundModel,
  surroundings: EngineSurroundings,
  prepared: PreparedModel | undefined,
): Promise<InferEngine> {
  const { name, type, model, session, maxQueueSize, batchInferSize: maxBatchRows } = conf;
  const { clock, logger } = surroundings;
  const metrics = new EngineMetrics(surroundings.metrics, name, onlyVersion);
  const { module } = factory;
  const source = { module, dataPath: files.dataPath, model, session, preparedDir: prepared?.dir };
  const options = { engine: name, source, maxQueueSize, maxBatchRows, clock, logger, observer: metrics };
  const placement = await choosePlacement(facts, options);
  const executor = await createExecutor(placement, options);
  try {
    const resolved = resolveModelConf(executor.report.signature, model);
    metrics.watch({ waiting: () => executor.waiting, copies: () => executor.copies });
    const identity = { name, version: onlyVersion, type, model: resolved, placement };
    const engine = new InferEngine({ ...identity, executor, prepared });
    logLoaded(logger, engine.status());
    return engine;
  } catch (thrown) {
    await executor.close();
    throw thrown;
  }
}

function coreFactory(type: string, cores: CoreRegistry): CoreFactory {
  const factory = cores.get(type);
  if (factory) return factory;
  const known = [...cores.keys()].join(", ");
  throw new Error(
    `there is no engine type "${type}"${nearestNameHint(type, cores.keys())} (known: ${known})`,
  );
}

function placementFacts(
  { placement, runtimeThreadNum }: EngineConf,
  modelBytes: number,
  { defaultThreadNum }: EngineSurroundings,
): PlacementFacts {
  if (placement === Placement.inline && runtimeThreadNum > 0) {
    throw new Error(
      `placement is inline, which has no threads, but runtime_thread_num is ${runtimeThreadNum}; it must be 0`,
    );
  }
  return { placement, runtimeThreadNum, defaultThreadNum, modelBytes };
}

/** Measures in a worker where the run time decides: a slow model must not hold up this thread even once. */
async function choosePlacement(facts: PlacementFacts, options: LoadOptions): Promise<EnginePlacement> {
  const plan = planPlacement(facts);
  if (plan.kind !== "measure") return plan;
  const probe = await WorkerPool.create({ ...options, threads: 1 });
  await probe.close();
  const measured = planPlacement({ ...facts, measured: probe.report.warmUp });
  if (measured.kind === "measure") throw new Error("a measured model was to be measured again");
  return measured;
}

function createExecutor(placement: EnginePlacement, options: LoadOptions): Promise<Executor> {
  if (placement.kind === "inline") return InlineExecutor.create(options);
  return WorkerPool.create({ ...options, threads: placement.threads });
}

function logLoaded(logger: Logger, { name, placement, loadMs, warmUp, warning, copies }: EngineStatus): void {
  const fields = { engine: name, placement: placement.kind, reason: placement.reason, copies };
  logger.info({ ...fields, loadMs: Math.round(loadMs), runMicros: warmUp.runMicros }, "engine loaded");
  if (warning !== undefined) logger.warn({ engine: name }, warning);
  if (warmUp.failure !== undefined) {
    logger.warn({ engine: name, failure: warmUp.failure }, "the warm-up on made-up inputs failed");
  }
}
