import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { defaultEngineConf, type EngineConf } from "@paddlewheel/core";
import { readConf } from "../run/read-conf.js";

/**
 * The engines of a conf that run a model; without a conf, one for which conf says nothing.
 * @throws Error when the conf is at fault, or no engine of it runs the model.
 */
export async function findEngines(modelFile: string, confDir?: string): Promise<readonly EngineConf[]> {
  if (confDir === undefined) {
    return [{ ...defaultEngineConf, name: "default", type: "ONNX", modelDir: dirname(modelFile) }];
  }
  const { report } = await readConf({ dir: confDir });
  if (!report.conf) throw new Error(`the conf in ${confDir} is at fault: see paddlewheel check ${confDir}`);
  const folder = realpathSync(dirname(modelFile));
  const engines = report.conf.engines.filter(({ modelDir }) => realpathSync(modelDir) === folder);
  if (engines.length === 0) throw new Error(`no engine of ${confDir} runs the model in ${folder}`);
  return engines;
}
