import {
  defaultBatchingConf,
  defaultSessionConf,
  type EngineConf,
  Isolation,
  latestVersion,
  Placement,
  ReloadableType,
} from "@paddlewheel/core";

/** Conf of an ONNX engine, with the defaults of a conf file. */
export function engineConf(conf: Partial<EngineConf> & Pick<EngineConf, "modelDir">): EngineConf {
  return {
    name: "e",
    type: "ONNX",
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
    ...conf,
  };
}
