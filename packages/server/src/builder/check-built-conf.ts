import { join } from "node:path";
import {
  checkServerConf,
  type Diagnostic,
  formatDiagnostic,
  type KnownNames,
  overlayFiles,
  renderServerConf,
  type ServerConf,
} from "@paddlewheel/conf";
import { Code, type FieldPath, ServeError } from "@paddlewheel/core";
import { graphPlace, placeIn } from "./builder-place.js";

/** No path of a disk has a NUL in it, so nothing there can get mixed up with files of this folder. */
const folder = "/\0builder";

export interface CheckedConf {
  readonly conf: ServerConf;
  /** A line each. */
  readonly warnings: readonly string[];
}

/**
 * What a server would read from the conf files of a built one: the same checks, and names and shapes of the models read
 * from their folders. Modules of Ops are left out, as the classes are here.
 * @throws ServeError invalidConf with a line for each fault that names the service, graph, node or engine.
 */
export function checkBuiltConf(built: ServerConf, known: KnownNames): CheckedConf {
  const rendered = renderServerConf({ ...built, opModules: [] }, { dir: folder });
  const texts = new Map([...rendered].map(([file, text]) => [join(folder, file), text]));
  const { conf, faults, warnings } = checkServerConf({ dir: folder, known, files: overlayFiles(texts) });
  const lineOf = (diagnostic: Diagnostic) => builderLine(diagnostic, built);
  if (!conf) throw new ServeError(Code.invalidConf, faults.map(lineOf).join("\n"));
  return { conf, warnings: warnings.map(lineOf) };
}

/** A line of conf in the words of builders; what is about files of the models stays as it is. */
function builderLine(diagnostic: Diagnostic, built: ServerConf): string {
  const { file, field, message } = diagnostic;
  if (!file.startsWith(folder)) return formatDiagnostic(diagnostic);
  const place = builderPlace(file.slice(folder.length + 1), parseFieldPath(field), built);
  return `${place}: ${message}`;
}

/** A toolkit file has one engine; with several engines its name tells which. */
function builderPlace(file: string, path: FieldPath, { services, workflows, engines }: ServerConf): string {
  const [list, first, ...rest] = path;
  const index = Number(first);
  const workflow = workflows[index];
  if (list === "workflows" && workflow) return graphPlace(workflow, rest);
  if (list === "services") return placeIn(`service "${services[index]?.name}"`, rest);
  const toolkit = /^model_toolkit(?:_(\d+))?\./.exec(file);
  if (toolkit) return placeIn(`engine "${engines[Number(toolkit[1] ?? 0)]?.name}"`, rest);
  return placeIn("server", path);
}

/** `nodes[2].name` → `["nodes", 2, "name"]` */
function parseFieldPath(field: string): FieldPath {
  const steps = field.match(/[^.[\]]+/g) ?? [];
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
