import { resolve } from "node:path";
import type { FlagValues } from "../flags/flag-values.js";
import { UsageError } from "../usage-error.js";

/** Where Paddle Serving's server looks when it is told nothing. */
const defaultFolder = "./conf";

/**
 * The folder of the conf files, by `--conf` or by Paddle Serving's path flags.
 * @throws UsageError when the files do not lie in one folder under their usual names, which they must here.
 */
export function confFolder(values: FlagValues): string {
  const paths = ["conf", "inferservice_path", "workflow_path", "resource_path"];
  const given = paths.map((path) => values.text(path)).filter((path) => path !== undefined);
  const [first = defaultFolder, ...others] = given;
  const other = others.find((path) => resolve(path) !== resolve(first));
  if (other !== undefined) {
    throw new UsageError(`the conf files must lie in one folder, not in ${first} and ${other}; use --conf`);
  }
  checkName("workflow_file", values.text("workflow_file"), ["workflow"]);
  checkName("inferservice_file", values.text("inferservice_file"), ["infer_service", "service"]);
  checkName("resource_file", values.text("resource_file"), ["resource"]);
  return first;
}

function checkName(flag: string, file: string | undefined, names: readonly string[]): void {
  const usual = names.flatMap((name) => [`${name}.prototxt`, `${name}.yaml`, `${name}.yml`]);
  if (file === undefined || usual.includes(file)) return;
  throw new UsageError(`--${flag}: the file must be called ${usual[0]}, not ${file}`);
}
