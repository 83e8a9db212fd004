import { type EngineConf, ReloadableType } from "@paddlewheel/core";
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
    max_queue_size: engine.maxQueueSize,
  };
}
