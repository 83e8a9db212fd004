import { join } from "node:path";
import type { Section } from "../schema/section.js";
import { type ConfContext, displayPath, readConfFile } from "./conf-context.js";

/** In the order they are looked for. */
const extensions = [".prototxt", ".yaml", ".yml"] as const;

/**
 * The file `name` with one of the extensions in a folder, undefined when there is none. More than one is a fault, since
 * nothing tells which of them is meant; the first is taken.
 */
export function findConfFile(context: ConfContext, folder: string, name: string): string | undefined {
  const [first, ...others] = extensions
    .map((extension) => join(folder, name + extension))
    .filter((path) => context.files.exists(path));
  const { cwd, findings } = context;
  for (const other of others) {
    const place = { file: displayPath(cwd, other), line: 0, field: "" };
    findings.fault(place, `stands beside ${displayPath(cwd, first ?? "")}: keep one of them`);
  }
  return first;
}

/** Reads the file `name` of the conf set; that there is none is a fault. */
export function readSetFile(context: ConfContext, name: string, typeName: string): Section | undefined {
  const path = findConfFile(context, context.dir, name) ?? join(context.dir, `${name}.prototxt`);
  return readConfFile(context, path, typeName);
}
