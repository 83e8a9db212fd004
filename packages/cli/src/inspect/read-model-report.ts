import { dirname } from "node:path";
import { confIn } from "./conf-in.js";
import { findEngines } from "./find-engines.js";
import { measureRuns } from "./measure-runs.js";
import { type ModelReport, toReport } from "./model-report.js";
import { openModel } from "./open-model.js";

export interface ReportOptions {
  /** The conf whose engines run the model, if any. */
  readonly confDir?: string | undefined;
  /** Whether the model is loaded and run, to tell where its engines place it and which requests they merge. */
  readonly isRun?: boolean;
}

/**
 * What a model declares, with the aliases of the conf that lies beside it.
 * @param path an ONNX file, or the folder of one
 * @throws Error when there is no such model, the conf beside it is at fault, or it cannot be loaded where it is to run.
 */
export async function readModelReport(
  path: string,
  { confDir, isRun = false }: ReportOptions = {},
): Promise<ModelReport> {
  const model = await openModel(path);
  const engines = await findEngines(model.file, confDir);
  const sessions = Object.fromEntries(engines.map(({ name, session }) => [name, session]));
  const runs = isRun ? await measureRuns(engines) : undefined;
  return toReport({ model, conf: confIn(dirname(model.file), "serving_server_conf"), sessions, runs });
}
