import { Code } from "./code.js";
import { ServeError } from "./serve-error.js";

/** Steps from the top of a conf file to a field: names and list indices. */
export type FieldPath = readonly (string | number)[];

/** One thing wrong with conf. */
export interface Fault {
  readonly path: FieldPath;
  /** What is wrong and what would be right, without the place. */
  readonly message: string;
}

/** `nodes[2].dependencies[0]` */
export function formatFieldPath(path: FieldPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

/** All faults in one error, a line each; a fault of the whole file has no path. */
export function invalidConf(faults: readonly Fault[]): ServeError {
  const lines = faults.map(({ path, message }) =>
    path.length > 0 ? `${formatFieldPath(path)}: ${message}` : message,
  );
  return new ServeError(Code.invalidConf, lines.join("\n"));
}
