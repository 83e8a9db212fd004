import type { ModelConf, ModelSignature, SessionConf } from "@paddlewheel/core";
import { systemClock } from "@paddlewheel/core/model";
import type { CoreModule, FluidFamilyCore } from "../core/fluid-family-core.js";
import { type WarmUp, warmUp, warmUpInputs } from "../engine/warm-up.js";
import { collectLoadGarbage } from "./worker-heap.js";

/** All a thread needs to load a copy of a model; crosses threads as it is. */
export interface CoreSource {
  /** URL of a `CoreModule`. */
  readonly module: string;
  readonly dataPath: string;
  /** Conf of the model, for the sizes of made-up inputs. */
  readonly model: ModelConf | undefined;
  readonly session?: SessionConf;
  /** Folder with the prepared form of the model, if there is one. */
  readonly preparedDir?: string | undefined;
}

export interface LoadReport {
  readonly signature: ModelSignature;
  readonly loadMs: number;
  readonly warmUp: WarmUp;
  /** See `FluidFamilyCore.warning`. */
  readonly warning: string | undefined;
}

export interface LoadedCore {
  readonly core: FluidFamilyCore;
  readonly report: LoadReport;
}

/** What a thread is told of the copy it loads; crosses threads, and the key is handed over. */
export interface LoadTask {
  /** Its number among the copies of the engine, from 0. */
  readonly copy: number;
  /** See `CoreOptions.key`. Not a part of the source, which a thread keeps. */
  readonly key: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * Loads one copy of a model on this thread and warms it up.
 * @throws what the core's `create` throws.
 */
export async function loadCore(source: CoreSource, { copy, key }: LoadTask): Promise<LoadedCore> {
  const { module, dataPath, model, session, preparedDir } = source;
  const { createCore } = (await import(module)) as CoreModule;
  const core = createCore({ session, preparedDir, key, copy });
  const startedAt = systemClock.now();
  const signature = await core.create(dataPath).finally(() => key?.fill(0));
  const loadMs = systemClock.now() - startedAt;
  const report = await warmUp(core, () => warmUpInputs(signature, model), systemClock.now);
  return { core, report: { signature, loadMs, warmUp: report, warning: core.warning } };
}

/** As `loadCore`, for a thread or process that is there for this copy alone: it keeps nothing else of the load. */
export async function loadWorkerCore(source: CoreSource, task: LoadTask): Promise<LoadedCore> {
  const loaded = await loadCore(source, task);
  await collectLoadGarbage();
  return loaded;
}
