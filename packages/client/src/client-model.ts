import { loadModelConf } from "@paddlewheel/conf";
import { Code, type ModelConf, ServeError } from "@paddlewheel/core";

/**
 * The conf of what a client calls. Of several models in a chain, the first takes the feeds and the last gives the
 * fetches.
 * @param paths files, or folders that hold a serving_client_conf
 * @throws ServeError invalidConf with one line for each fault.
 */
export function loadClientModel(paths: readonly string[]): ModelConf {
  const models = paths.map((path) => loadModelConf({ path, name: "serving_client_conf" }));
  const [first] = models;
  const last = models.at(-1);
  if (!first || !last) throw new ServeError(Code.invalidArgument, "loadClientConfig: no file is given");
  return { feedVars: first.feedVars, fetchVars: last.fetchVars };
}
