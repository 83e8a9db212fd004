import {
  type BatchingConf,
  defaultSessionConf,
  type EngineConf,
  ReloadableType,
  type SessionConf,
  type VersionConf,
} from "@paddlewheel/core";
import type { ConfObject } from "../text/render-prototxt.js";
import type { Notation } from "../text/tree.js";
import { renderMessage } from "./render-message.js";

/**
 * The model_toolkit file of valid engines, defaults left out; reading it gives the same engines but for `model`, which
 * has a file of its own. Paths stay absolute.
 */
export function renderModelToolkitConf(engines: readonly EngineConf[], format: Notation): string {
  return renderMessage("ModelToolkitConf", { engines: engines.map(engineMessage) }, format);
}

function engineMessage(engine: EngineConf): ConfObject {
  const { reloadableType, reloadableMeta } = engine;
  return {
    name: engine.name,
    type: engine.type,
    reloadable_meta: reloadableType === ReloadableType.none ? undefined : reloadableMeta,
    // Paddle Serving has no default for it.
    reloadable_type: reloadableType,
    model_dir: engine.modelDir,
    runtime_thread_num: engine.runtimeThreadNum,
    batch_infer_size: engine.batchInferSize,
    enable_overrun: engine.enableOverrun,
    allow_split_request: engine.allowSplitRequest,
    placement: engine.placement,
    isolation: engine.isolation,
    max_run_ms: engine.maxRunMs,
    max_queue_size: engine.maxQueueSize,
    ...versionFields(engine.versions),
    reload_interval_ms: engine.reloadIntervalMs,
    done_file: engine.doneFile,
    request_cache_size: engine.requestCacheSize,
    ...batchingFields(engine.batching),
    ...sessionMessage(engine.session),
    // Paddle Serving has no default for it either.
    encrypted_model: engine.isEncrypted || undefined,
    key_file: engine.keyFile,
  };
}

function sessionMessage(session: SessionConf): ConfObject {
  const { executionProviders: providers, gpuIds, config } = session;
  const isStandard = providers.join() === defaultSessionConf.executionProviders.join();
  return {
    gpu_ids: gpuIds,
    intra_op_num_threads: session.intraOpNumThreads,
    inter_op_num_threads: session.interOpNumThreads,
    execution_mode: session.executionMode,
    graph_optimization_level: session.graphOptimizationLevel,
    execution_providers: isStandard ? [] : providers,
    session_config: config,
    enable_cpu_mem_arena: session.enableCpuMemArena,
    enable_mem_pattern: session.enableMemPattern,
  };
}

function versionFields({ policy, labels, defaultVersion, file }: VersionConf): ConfObject {
  return {
    version_file: file,
    version_policy: policy.kind,
    num_versions: policy.kind === "latest" ? policy.count : undefined,
    versions: policy.kind === "listed" ? policy.versions : undefined,
    version_labels: labels,
    default_version: defaultVersion,
  };
}

function batchingFields(batching: BatchingConf): ConfObject {
  return {
    max_queue_delay_us: batching.maxQueueDelayMicros,
    preferred_batch_size: batching.preferredBatchSizes,
    enable_padding: batching.enablePadding,
    pad_value: batching.padValue,
    batching: batching.mode,
    max_queue_wait_ms: batching.maxQueueWaitMs,
  };
}
