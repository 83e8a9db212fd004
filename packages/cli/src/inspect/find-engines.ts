import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import {
  defaultBatchingConf,
  defaultSessionConf,
  type EngineConf,
  Isolation,
  latestVersion,
  Placement,
  ReloadableType,
} from "@paddlewheel/core";
import { readConf } from "../run/read-conf.js";

/**
 * The engines of a conf that run a model; without a conf, one for which conf says nothing.
 * @throws Error when the conf is at fault, or no engine of it runs the model.
 */
export async function findEngines(modelFile: string, confDir?: string): Promise<readonly EngineConf[]> {
  if (confDir === undefined) return [defaultEngine(dirname(modelFile))];
  const { report } = await readConf({ dir: confDir });
  if (!report.conf) throw new Error(`the conf in ${confDir} is at fault: see paddlewheel check ${confDir}`);
  const folder = realpathSync(dirname(modelFile));
  const engines = report.conf.engines.filter(({ modelDir }) => realpathSync(modelDir) === folder);
  if (engines.length === 0) throw new Error(`no engine of ${confDir} runs the model in ${folder}`);
  return engines;
}

function defaultEngine(modelDir: string): EngineConf {
  return {
    name: "default",
    type: "ONNX",
    modelDir,
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
}
