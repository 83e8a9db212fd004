import { resolve } from "node:path";
import { quoteValue } from "@paddlewheel/core";
import { formatPlace, type Place } from "../diagnostic.js";
import type { ConfContext } from "../files/conf-context.js";
import type { Section } from "../schema/section.js";

/** A module that registers Ops. */
export interface OpModule {
  /** An absolute path of a file, or the name of a package as it was written. */
  readonly specifier: string;
  /** Where conf names it. */
  readonly place: Place;
}

export interface ResolvedOpModules {
  /** In the order of the file, each once, without those that are at fault. */
  readonly modules: readonly OpModule[];
  /** False when some are at fault or could not be read: Ops may then be unknown through no fault of a node. */
  readonly isComplete: boolean;
}

/** `name`, `@scope/name`, and either with `/path` after it. */
const packageName = /^(?:@[\w.-]+\/)?[\w-][\w.-]*(?:\/.+)?$/;

/** Resolves the `ops` of workflow.prototxt; `file` is undefined when it could not be read. */
export function resolveOpModules(file: Section | undefined, context: ConfContext): ResolvedOpModules {
  const modules = new Map<string, OpModule>();
  const given = file?.strings("ops") ?? [];
  let isComplete = file?.isWhole === true && (given.length > 0 || !file.mentions("ops"));
  for (const { value, place } of given) {
    const specifier = isPath(value) ? resolve(context.dir, value) : value;
    const first = modules.get(specifier);
    const fault = faultOf(value, context);
    if (fault !== undefined) {
      context.findings.fault(place, fault);
      isComplete = false;
    } else if (first) {
      context.findings.warn(place, `is already named at ${formatPlace(first.place)}: remove it`);
    } else {
      modules.set(specifier, { specifier, place });
    }
  }
  return { modules: [...modules.values()], isComplete };
}

function isPath(module: string): boolean {
  return /^\.{0,2}\//.test(module);
}

function faultOf(module: string, context: ConfContext): string | undefined {
  const path = resolve(context.dir, module);
  if (isPath(module)) return isFile(path, context) ? undefined : missing(module, path, context);
  if (isFile(path, context)) return `${quoteValue(module)} names a package: for the file write "./${module}"`;
  if (packageName.test(module)) return undefined;
  return `must be a path that starts with "./", "../" or "/", or the name of a package, not ${quoteValue(module)}`;
}

/** Modules are imported as they are written, with no ending added. */
function missing(module: string, path: string, context: ConfContext): string {
  const ending = [".js", ".mjs", "/index.js"].find((candidate) => isFile(path + candidate, context));
  const hint = ending === undefined ? "" : `; did you mean "${module}${ending}"?`;
  return `there is no file ${path}${hint}`;
}

function isFile(path: string, { files }: ConfContext): boolean {
  return files.exists(path) && !files.isDirectory(path);
}
