import { fileURLToPath } from "node:url";
import type { PreparedModel } from "../models/prepared-model.js";
import type { Contender } from "./contender.js";
import { type EngineSettings, writeConf } from "./paddlewheel-conf.js";
import { type RunningServer, startServer } from "./server-process.js";

const bin = fileURLToPath(new URL("../../../packages/cli/bin/paddlewheel.js", import.meta.url));

/** Our server, started as a user starts it: by its bin, and with nothing tuned. */
export const paddlewheel: Contender = {
  key: "paddlewheel",
  title: "paddlewheel",
  start: (model) => startPaddlewheel(model),
};

/** On worker threads, batches formed as requests wait. */
export const pool: Contender = {
  key: "pool",
  title: "pool, batches",
  start: (model) => startPaddlewheel(model, { key: "pool", lines: ['placement: "pool"'] }),
};

/** On worker threads, one run per request. */
export const poolAlone: Contender = {
  key: "pool-alone",
  title: "pool, no batches",
  start: (model) =>
    startPaddlewheel(model, { key: "pool-alone", lines: ['placement: "pool"', "batch_infer_size: 1"] }),
};

/** Starts our server on a model, with the settings of its engine. */
export async function startPaddlewheel(
  model: PreparedModel,
  settings?: EngineSettings,
): Promise<RunningServer> {
  const conf = await writeConf(model, settings);
  return startServer({
    key: settings?.key ?? "paddlewheel",
    model,
    command: (port) => [bin, "start", "--conf", conf, "--port", String(port)],
  });
}
