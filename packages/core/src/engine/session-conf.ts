/** Whether the nodes of one run follow each other or may run side by side. Source: ONNX Runtime `ExecutionMode`. */
export const ExecutionMode = { sequential: "sequential", parallel: "parallel" } as const;
export type ExecutionMode = (typeof ExecutionMode)[keyof typeof ExecutionMode];

/** How far a graph is rewritten when it is loaded. Source: ONNX Runtime `GraphOptimizationLevel`. */
export const GraphOptimizationLevel = {
  disabled: "disabled",
  basic: "basic",
  extended: "extended",
  layout: "layout",
  all: "all",
} as const;
export type GraphOptimizationLevel = (typeof GraphOptimizationLevel)[keyof typeof GraphOptimizationLevel];

/** How each copy of a model is opened. Crosses threads as it is. */
export interface SessionConf {
  /** Threads of one run. */
  readonly intraOpNumThreads: number;
  /** Threads for nodes that run side by side; of use with `parallel` alone. */
  readonly interOpNumThreads: number;
  readonly executionMode: ExecutionMode;
  readonly graphOptimizationLevel: GraphOptimizationLevel;
  /** Names of ONNX Runtime, the preferred one first: `cpu`, `cuda`. */
  readonly executionProviders: readonly string[];
  /** Devices that the copies of a model take in turn; none for the runtime's own choice. */
  readonly gpuIds: readonly number[];
  /** Further settings, by the runtime's own keys: `session.set_denormal_as_zero`. */
  readonly config: Readonly<Record<string, string>>;
  readonly enableCpuMemArena: boolean;
  readonly enableMemPattern: boolean;
}

/**
 * One thread per copy: threads inside a run collapse beside a busy neighbour, copies of one thread degrade in
 * proportion. The rest is ONNX Runtime's own default.
 */
export const defaultSessionConf: SessionConf = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: ExecutionMode.sequential,
  graphOptimizationLevel: GraphOptimizationLevel.all,
  executionProviders: ["cpu"],
  gpuIds: [],
  config: {},
  enableCpuMemArena: true,
  enableMemPattern: true,
};
