import type { DType } from "../tensor/dtype.js";
import type { SessionConf } from "./session-conf.js";

/** How an engine notices a new model. Source: Paddle Serving `reloadable_type`. */
export const ReloadableType = {
  timestampNe: "timestamp_ne",
  timestampGt: "timestamp_gt",
  md5sum: "md5sum",
  revision: "revision",
  none: "none",
} as const;
export type ReloadableType = (typeof ReloadableType)[keyof typeof ReloadableType];

/** Where a model runs: on the event loop, on worker threads, or as measured at warm-up. */
export const Placement = { auto: "auto", inline: "inline", pool: "pool" } as const;
export type Placement = (typeof Placement)[keyof typeof Placement];

/** One model engine as conf declares it, defaults filled in. Paths are absolute. */
export interface EngineConf {
  /** Ops find their engine by this name; a node uses the engine of its own name. */
  readonly name: string;
  /** Key of the core that runs the model: `ONNX`, or a Paddle name that stands for it. */
  readonly type: string;
  readonly modelDir: string;
  /** File whose change announces a new model; undefined with `none`. */
  readonly reloadableMeta: string | undefined;
  readonly reloadableType: ReloadableType;
  /** Worker threads of this engine; 0 lets placement decide. */
  readonly runtimeThreadNum: number;
  readonly placement: Placement;
  /** Runs that may wait for a worker before new ones are refused. */
  readonly maxQueueSize: number;
  readonly batchInferSize: number;
  readonly enableOverrun: boolean;
  readonly allowSplitRequest: boolean;
  readonly session: SessionConf;
  /** Names and shapes of the model's general_model file; undefined when the model speaks for itself. */
  readonly model: ModelConf | undefined;
}

/** A feed or fetch variable of a model. Source: Paddle Serving general_model_config.proto. */
export interface ModelVarConf {
  /** Name inside the model. */
  readonly name: string;
  /** Name clients use. */
  readonly aliasName: string;
  readonly dtype: DType;
  /** Without the batch axis; -1 is a free size. */
  readonly shape: readonly number[];
  readonly isLodTensor: boolean;
}

/** The content of `serving_server_conf.prototxt`. */
export interface ModelConf {
  readonly feedVars: readonly ModelVarConf[];
  readonly fetchVars: readonly ModelVarConf[];
}
