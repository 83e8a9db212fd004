import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { ModelConf } from "@paddlewheel/core";
import { modelConfOf } from "../convert/model-conf.js";
import { confIn } from "../inspect/conf-in.js";
import { openModel } from "../inspect/open-model.js";

/**
 * What clients know a model by: the conf that lies with it, else what its file declares.
 * @param path an ONNX file or its folder, or a folder with a serving_client_conf alone
 * @throws Error when there is no such model; ServeError invalidConf for a conf with faults.
 */
export async function readClientModel(path: string): Promise<ModelConf> {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const folder = isFolder ? path : dirname(path);
  return (
    confIn(folder, "serving_client_conf") ??
    confIn(folder, "serving_server_conf") ??
    modelConfOf(await openModel(path), { feed: undefined, fetch: undefined })
  );
}
