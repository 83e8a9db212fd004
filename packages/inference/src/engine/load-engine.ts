import {
  type Clock,
  type EngineConf,
  type Logger,
  type Metrics,
  nearestNameHint,
  Placement,
} from "@paddlewheel/core";
import type { CoreFactory, CoreRegistry } from "../core/fluid-family-core.js";
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
}

type LoadOptions = Omit<WorkerPoolOptions, "threads">;

/** The version of a model whose folder has no versions. */
const onlyVersion = "0";

/**
 * Loads and warms one engine.
 * @throws Error that says why it cannot be loaded, without the engine's name.
 */
export async function loadEngine(conf: EngineConf, surroundings: EngineSurroundings): Promise<InferEngine> {
  const { name, type, modelDir, model, maxQueueSize } = conf;
  const { clock, logger } = surroundings;
  const factory = coreFactory(type, surroundings.cores);
  const { dataPath, bytes } = await factory.findModel(modelDir);
  const metrics = new EngineMetrics(surroundings.metrics, name, onlyVersion);
  const source = { module: factory.module, dataPath, model };
  const maxBatchRows = conf.batchInferSize;
  const options = { engine: name, source, maxQueueSize, maxBatchRows, clock, logger, observer: metrics };
  const placement = await choosePlacement(placementFacts(conf, bytes, surroundings), options);
  const executor = await createExecutor(placement, options);
  try {
    const resolved = resolveModelConf(executor.report.signature, model);
    metrics.watch({ waiting: () => executor.waiting, copies: () => executor.copies });
    const identity = { name, version: onlyVersion, type, model: resolved, placement };
    const engine = new InferEngine({ ...identity, executor });
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

function logLoaded(logger: Logger, { name, placement, loadMs, warmUp, copies }: EngineStatus): void {
  const fields = { engine: name, placement: placement.kind, reason: placement.reason, copies };
  logger.info({ ...fields, loadMs: Math.round(loadMs), runMicros: warmUp.runMicros }, "engine loaded");
  if (warmUp.failure !== undefined) {
    logger.warn({ engine: name, failure: warmUp.failure }, "the warm-up on made-up inputs failed");
  }
}
