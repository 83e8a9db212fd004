import { dirname, isAbsolute, relative, resolve } from "node:path";
import { ServeError } from "@paddlewheel/core";
import type { Type } from "protobufjs";
import { Findings } from "../diagnostic.js";
import { checkMessage } from "../schema/check-message.js";
import { confType } from "../schema/messages.js";
import type { Section } from "../schema/section.js";
import { parseText } from "../text/parse-text.js";
import { type ConfFiles, diskFiles } from "./conf-files.js";

/** Which conf set to read, and from where. */
export interface ConfSetOptions {
  /** Folder of the conf set: infer_service, workflow and resource. */
  readonly dir: string;
  /** What relative paths start from, the process's own by default. */
  readonly cwd?: string;
  /** Where files are read from, this machine's disk by default. */
  readonly files?: ConfFiles;
}

/** What everything that reads conf shares: where it looks and where it reports. */
export interface ConfContext {
  /** Absolute. */
  readonly cwd: string;
  /** Folder of the conf set, absolute. */
  readonly dir: string;
  readonly files: ConfFiles;
  readonly findings: Findings;
}

/** Where the reading of a conf set starts, with nothing found yet. */
export function createContext(options: ConfSetOptions): ConfContext {
  const cwd = resolve(options.cwd ?? process.cwd());
  const findings = new Findings();
  return { cwd, dir: resolve(cwd, options.dir), files: options.files ?? diskFiles, findings };
}

/** How a path is shown: relative when it lies inside the working directory. */
export function displayPath(cwd: string, path: string): string {
  const shown = relative(cwd, path);
  if (shown === "") return ".";
  return shown.startsWith("..") || isAbsolute(shown) ? path : shown;
}

export interface FoundPath {
  /** Absolute; undefined when none of the places will do. */
  readonly path: string | undefined;
  readonly tried: readonly string[];
}

/**
 * Looks for a path of conf. Paddle Serving resolves against the working directory, so that comes first; then the folder
 * of the conf set and the one above, from where confs of this kind are usually started.
 */
export function findPath(context: ConfContext, path: string, test: (path: string) => boolean): FoundPath {
  const { cwd, dir } = context;
  const tried = [...new Set([cwd, dir, dirname(dir)].map((base) => resolve(base, path)))];
  return { path: tried.find(test), tried };
}

/** Reads a file and holds it against a message; undefined, with a fault, when there is nothing to hold. */
export function readConfFile(context: ConfContext, path: string, typeName: string): Section | undefined {
  return readFileOf(context, path, confType(typeName));
}

/** The same with a message of any schema. */
export function readFileOf(context: ConfContext, path: string, type: Type): Section | undefined {
  const { findings } = context;
  const place = { file: displayPath(context.cwd, path), line: 0, field: "" };
  const text = readText(context, path, (message) => findings.fault(place, message));
  if (text === undefined) return undefined;
  const { tree, faults } = parseText(path, text);
  for (const { line, message } of faults) findings.fault({ ...place, line }, message);
  return checkMessage({ type, tree, place, findings });
}

function readText(
  { files }: ConfContext,
  path: string,
  report: (message: string) => void,
): string | undefined {
  try {
    const text = files.read(path);
    if (text === undefined) report("there is no such file");
    return text;
  } catch (error) {
    report(ServeError.from(error).message);
    return undefined;
  }
}
