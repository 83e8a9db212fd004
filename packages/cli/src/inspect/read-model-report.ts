import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadModelConf } from "@paddlewheel/conf";
import type { ModelConf } from "@paddlewheel/core";
import { type ModelReport, toReport } from "./model-report.js";
import { openModel } from "./open-model.js";
import { readSessions } from "./read-sessions.js";

/**
 * What a model declares, with the aliases of the conf that lies beside it.
 * @param path an ONNX file, or the folder of one
 * @param confDir the conf whose engines run it, if any
 * @throws Error when there is no such model, or the conf beside it is at fault.
 */
export async function readModelReport(path: string, confDir?: string): Promise<ModelReport> {
  const model = await openModel(path);
  const sessions = await readSessions(model.file, confDir);
  return toReport({ model, conf: confBeside(model.file), sessions });
}

/** Aliases are written in the conf that lies with the model, where there is one. */
function confBeside(modelFile: string): ModelConf | undefined {
  const path = dirname(modelFile);
  const name = "serving_server_conf";
  const hasConf = [".prototxt", ".yaml", ".yml"].some((extension) =>
    existsSync(join(path, name + extension)),
  );
  return hasConf ? loadModelConf({ path, name }) : undefined;
}
