import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A compiled module as a page loads it. */
export interface PageModule {
  readonly source: string;
  /** The file of each specifier it imports. */
  readonly imports: ReadonlyMap<string, string>;
}

/**
 * A module and all that it imports, by file, found as bundlers find it for browsers: packages of this repository only.
 * @throws Error that names the first import which no browser has.
 */
export function moduleGraph(entry: string): ReadonlyMap<string, PageModule> {
  const graph = new Map<string, PageModule>();
  const add = (file: string): void => {
    if (graph.has(file)) return;
    const source = readFileSync(file, "utf8");
    const imports = new Map(specifiersOf(source).map((specifier) => [specifier, resolve(specifier, file)]));
    graph.set(file, { source, imports });
    for (const imported of imports.values()) add(imported);
  };
  add(realpathSync(entry));
  return graph;
}

/** The file of an entry of a package, `@paddlewheel/client/browser`, in a browser. */
export function resolveEntry(specifier: string): string {
  return resolve(specifier, fileURLToPath(import.meta.url));
}

/** The code alone: names in comments and texts are nobody's. */
export function codeOf(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, " ");
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g;

function specifiersOf(source: string): readonly string[] {
  return [...source.matchAll(importPattern)].map(([, stated, dynamic]) => stated ?? dynamic ?? "");
}

function resolve(specifier: string, from: string): string {
  const file = specifier.startsWith(".") ? join(dirname(from), specifier) : resolveByPackage(specifier, from);
  if (file === undefined) throw new Error(`${from} imports ${specifier}, which browsers have not`);
  return realpathSync(file);
}

function resolveByPackage(specifier: string, from: string): string | undefined {
  if (specifier.startsWith("#")) return targetOf(folderAbove(from, "package.json"), "imports", specifier);
  const [, name, path = ""] = /^(@paddlewheel\/[^/]+)(\/.+)?$/.exec(specifier) ?? [];
  if (name === undefined) return undefined;
  const modules = folderAbove(from, join("node_modules", name));
  return targetOf(modules && join(modules, "node_modules", name), "exports", `.${path}`);
}

/** The nearest folder above a file that has something of that name. */
function folderAbove(file: string, name: string): string | undefined {
  const folder = dirname(file);
  if (existsSync(join(folder, name))) return folder;
  return folder === dirname(folder) ? undefined : folderAbove(folder, name);
}

type Targets = Readonly<Record<string, { readonly default: string } | undefined>>;

function targetOf(folder: string | undefined, field: "imports" | "exports", key: string): string | undefined {
  if (folder === undefined) return undefined;
  const content = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, Targets>;
  const target = content[field]?.[key];
  return target && join(folder, target.default);
}
