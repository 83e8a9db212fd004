import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { defaultSessionConf } from "@paddlewheel/core";
import { readConf } from "../run/read-conf.js";
import type { SessionReport } from "./model-report.js";

/**
 * How the engines of a conf that run a model open it; without a conf, what holds where conf says nothing.
 * @throws Error when the conf is at fault, or no engine of it runs the model.
 */
export async function readSessions(modelFile: string, confDir: string | undefined): Promise<SessionReport> {
  if (confDir === undefined) return { default: defaultSessionConf };
  const { report } = await readConf({ dir: confDir });
  if (!report.conf) throw new Error(`the conf in ${confDir} is at fault: see paddlewheel check ${confDir}`);
  const folder = realpathSync(dirname(modelFile));
  const engines = report.conf.engines.filter(({ modelDir }) => realpathSync(modelDir) === folder);
  if (engines.length === 0) throw new Error(`no engine of ${confDir} runs the model in ${folder}`);
  return Object.fromEntries(engines.map(({ name, session }) => [name, session]));
}
