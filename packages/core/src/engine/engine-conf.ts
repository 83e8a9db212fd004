import type { DType } from "../tensor/dtype.js";
import { type BatchingConf, defaultBatchingConf } from "./batching-conf.js";
import { defaultSessionConf, type SessionConf } from "./session-conf.js";

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

/** Whether the worker threads of a model are this process's own, or each copy has a process to itself. */
export const Isolation = { thread: "thread", process: "process" } as const;
export type Isolation = (typeof Isolation)[keyof typeof Isolation];

/** Which of the versions that lie in a model folder are served. Source: TensorFlow Serving, `ServableVersionPolicy`. */
export type VersionPolicy =
  | { readonly kind: "latest"; readonly count: number }
  | { readonly kind: "all" }
  | { readonly kind: "listed"; readonly versions: readonly string[] };

/** The versions of an engine; they are whole numbers, in decimal. */
export interface VersionConf {
  readonly policy: VersionPolicy;
  /** Label → version; a labelled version is served whatever the policy says. */
  readonly labels: Readonly<Record<string, string>>;
  /** Version or label of requests that name none; undefined for the highest that is ready. */
  readonly defaultVersion: string | undefined;
  /** File that lists the versions in place of the policy, and may set labels; read again at every look. */
  readonly file: string | undefined;
}

/** What engines do whose conf says nothing of versions: serve the highest. */
export const latestVersion: VersionConf = {
  policy: { kind: "latest", count: 1 },
  labels: {},
  defaultVersion: undefined,
  file: undefined,
};

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
  readonly versions: VersionConf;
  /** Milliseconds between two looks for new models; undefined for the server's own. */
  readonly reloadIntervalMs: number | undefined;
  /** File in a version's folder that says that the folder is whole; undefined to wait until it stops changing. */
  readonly doneFile: string | undefined;
  /** Worker threads of this engine; 0 lets placement decide. */
  readonly runtimeThreadNum: number;
  readonly placement: Placement;
  /** `process`: a copy that crashes or hangs ends nothing but itself. */
  readonly isolation: Isolation;
  /** Milliseconds after which a worker process is killed for its run; 0 for never, undefined for the default. */
  readonly maxRunMs: number | undefined;
  /** Runs that may wait for a worker before new ones are refused. */
  readonly maxQueueSize: number;
  /** Bytes of results kept for requests with the same inputs; 0 for none, undefined for the server's own. */
  readonly requestCacheSize: number | undefined;
  /** Rows of one run; 1 merges nothing. */
  readonly batchInferSize: number;
  /** The last request of a batch may pass `batchInferSize`. */
  readonly enableOverrun: boolean;
  /** A request may be cut over several runs. */
  readonly allowSplitRequest: boolean;
  readonly batching: BatchingConf;
  readonly session: SessionConf;
  /** Whether the model is encrypted; one that is not is refused then. */
  readonly isEncrypted: boolean;
  /** File with the key of the model; undefined where the server is given the key otherwise, or needs none. */
  readonly keyFile: string | undefined;
  /** Names and shapes of the model's general_model file; undefined when the model speaks for itself. */
  readonly model: ModelConf | undefined;
}

/** An engine whose conf says no more than it must: it is never reloaded, and decides for itself where it runs. */
export const defaultEngineConf: Omit<EngineConf, "name" | "type" | "modelDir"> = {
  reloadableMeta: undefined,
  reloadableType: ReloadableType.none,
  versions: latestVersion,
  reloadIntervalMs: undefined,
  doneFile: undefined,
  runtimeThreadNum: 0,
  placement: Placement.auto,
  isolation: Isolation.thread,
  maxRunMs: undefined,
  maxQueueSize: 1024,
  requestCacheSize: undefined,
  batchInferSize: 32,
  enableOverrun: false,
  allowSplitRequest: true,
  batching: defaultBatchingConf,
  session: defaultSessionConf,
  isEncrypted: false,
  keyFile: undefined,
  model: undefined,
};

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
