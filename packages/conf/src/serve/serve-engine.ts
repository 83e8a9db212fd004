import type { ConfObject } from "../text/render-prototxt.js";
import type { ServeOptions } from "./serve-options.js";

export interface ServeEngine {
  /** Of the node, and so of the engine. */
  readonly name: string;
  /** Folder as the flag gave it. */
  readonly model: string;
  /** Among the nodes that run a model. */
  readonly index: number;
  /** Whether the folder holds Paddle's combined parameter file. */
  readonly hasParams: boolean;
}

/** The EngineDesc of one model. Source: python/paddle_serving_server/server.py, `_prepare_engine`. */
export function renderEngine(
  { name, model, index, hasParams }: ServeEngine,
  options: ServeOptions,
): ConfObject {
  const device = resolveDevice(options, index);
  return {
    name,
    type: "PADDLE_INFER",
    reloadable_meta: `${model}/fluid_time_file`,
    reloadable_type: "timestamp_ne",
    model_dir: model,
    gpu_ids: device.ids,
    enable_memory_optimization: !options.memOptimOff,
    enable_ir_optimization: (options.irOptim ?? false) || device.isTrtServer,
    use_trt: device.useTrt,
    use_lite: options.useLite ?? false,
    use_xpu: options.useXpu ?? false,
    use_gpu: device.useGpu,
    combined_model: hasParams,
    encrypted_model: options.useEncryptionModel ? true : undefined,
    key_file: options.keyFile,
    gpu_multi_stream: device.isMultiStream,
    use_ascend_cl: options.useAscendCl ?? false,
    cpu_math_thread_num: options.cpuMathThreadNum,
    runtime_thread_num: pick(options.runtimeThreadNum, index) ?? 0,
    batch_infer_size: pick(options.batchInferSize, index) ?? 32,
    enable_overrun: false,
    allow_split_request: true,
    min_subgraph_size: options.minSubgraphSize?.[index],
    ...renderDist(options),
  };
}

interface Device {
  readonly ids: readonly number[];
  readonly useGpu: boolean;
  readonly useTrt: boolean;
  readonly isMultiStream: boolean;
  /** Whether the whole server runs TensorRT, which turns the graph optimisation on for every model. */
  readonly isTrtServer: boolean;
}

/** Compat: TensorRT and multi stream need a card, and a model with the single card -1 runs on the CPU beside others. */
function resolveDevice(options: ServeOptions, index: number): Device {
  const { gpuIds = [], useXpu = false, useAscendCl = false, useLite = false } = options;
  const isGpuServer = !useLite && gpuIds.some((ids) => parseIds(ids).some((id) => id >= 0));
  const isTrtServer = isGpuServer && (options.useTrt ?? false);
  const given = isGpuServer || useXpu || useAscendCl ? gpuIds : [];
  const isUnset = given.length === 0 || given.every((ids) => ids === "" || ids === "-1");
  const cards = isUnset ? [useXpu || useAscendCl ? "0" : "-1"] : given;
  const ids = parseIds(pick(cards, index) ?? "-1");
  const isOnCpu = ids.length === 1 && ids[0] === -1;
  return {
    ids,
    useGpu: isGpuServer && !isOnCpu,
    useTrt: isTrtServer && !isOnCpu,
    isMultiStream: isGpuServer && (options.gpuMultiStream ?? false) && !isOnCpu,
    isTrtServer,
  };
}

function renderDist({ dist }: ServeOptions): ConfObject {
  if (!dist) return {};
  return {
    enable_dist_model: true,
    dist_carrier_id: dist.carrierId,
    dist_cfg_file: dist.cfgFile,
    dist_nranks: dist.nranks,
    dist_endpoints: dist.endpoints,
    dist_subgraph_index: dist.subgraphIndex,
  };
}

function parseIds(ids: string): readonly number[] {
  return ids
    .split(",")
    .filter((id) => id !== "")
    .map(Number);
}

function pick<T>(values: readonly T[] | undefined, index: number): T | undefined {
  return values && values.length > 0 ? values[index % values.length] : undefined;
}
