import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadModelConf } from "@paddlewheel/conf";
import type { ModelConf } from "@paddlewheel/core";

/** The conf of that name in a folder; undefined when there is none. @throws ServeError invalidConf */
export function confIn(
  folder: string,
  name: "serving_client_conf" | "serving_server_conf",
): ModelConf | undefined {
  const hasConf = [".prototxt", ".yaml", ".yml"].some((extension) =>
    existsSync(join(folder, name + extension)),
  );
  return hasConf ? loadModelConf({ path: folder, name }) : undefined;
}
