import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { quoteNames, type ServeError } from "@paddlewheel/core";
import protobuf, { type Field, Root } from "protobufjs";
import { ProtoSource, protoFault } from "./proto-source.js";

/** Gives the text of a file, and throws when there is none. */
export type ReadFile = (path: string) => string;

/** A .proto file with everything it imports. */
export interface ProtoFiles {
  readonly root: Root;
  /** By path, the file itself first. */
  readonly sources: ReadonlyMap<string, ProtoSource>;
}

/** Declares options only, which mean nothing here; Paddle's protos import it from folders of their own. */
const optionFiles: ReadonlySet<string> = new Set(["pds_option.proto", "descriptor.proto"]);

/**
 * Parses a .proto file and what it imports: files beside the one that imports them or beside `file`, and the well-known
 * types of google/protobuf. Names keep the case they are written in; extensions are left out.
 * @throws ServeError invalidConf with file and line.
 */
export function loadProtoFiles(file: string, readFile: ReadFile = readUtf8): ProtoFiles {
  const loader = new ProtoFileLoader(dirname(file), readFile);
  loader.load(new ProtoSource(file, readOrFail(file, readFile)));
  dropExtensions(loader.root);
  return loader;
}

class ProtoFileLoader implements ProtoFiles {
  readonly root: Root = new Root();
  readonly sources: Map<string, ProtoSource> = new Map();
  readonly #wellKnown = new Set<string>();
  readonly #folder: string;
  readonly #readFile: ReadFile;

  constructor(folder: string, readFile: ReadFile) {
    this.#folder = folder;
    this.#readFile = readFile;
  }

  load(source: ProtoSource): void {
    this.sources.set(source.file, source);
    for (const target of parseSource(source, this.root)) this.#import(target, source);
  }

  #import(target: string, importer: ProtoSource): void {
    const paths = [...new Set([dirname(importer.file), this.#folder])].map((folder) => join(folder, target));
    if (paths.some((path) => this.sources.has(path))) return;
    for (const path of paths) {
      const text = this.#tryRead(path);
      if (text === undefined) continue;
      this.load(new ProtoSource(path, text));
      return;
    }
    if (!this.#importWellKnown(target) && !optionFiles.has(basename(target))) {
      const what = `cannot import "${target}": it is neither of ${quoteNames(paths)}, nor one of google/protobuf`;
      throw importer.faultAt([`"${target}"`], what);
    }
  }

  #importWellKnown(target: string): boolean {
    const known = protobuf.common.get(target);
    if (known?.nested && !this.#wellKnown.has(target)) {
      this.#wellKnown.add(target);
      this.root.addJSON(withProtoNames(known.nested));
    }
    return known !== null;
  }

  #tryRead(path: string): string | undefined {
    try {
      return this.#readFile(path);
    } catch {
      return undefined;
    }
  }
}

/** Adds what a file declares to `root`, and gives what it imports. */
function parseSource(source: ProtoSource, root: Root): readonly string[] {
  // Every declaration remembers the file it came from; protobufjs has a global for it, which its types leave out.
  const parser = protobuf.parse as typeof protobuf.parse & { filename: string | null };
  parser.filename = source.file;
  try {
    const { imports = [], weakImports = [] } = parser(source.text, root, { keepCase: true });
    return [...imports, ...weakImports];
  } catch (error) {
    throw syntaxFault(source, error instanceof Error ? error.message : String(error));
  } finally {
    parser.filename = null;
  }
}

/** protobufjs says `illegal token 'x' (file, line 3)`, or `duplicate id 1 in Type Foo` without a place. */
function syntaxFault(source: ProtoSource, reason: string): ServeError {
  const [, what = reason, line] = /^(.*) \((?:.*, )?line (\d+)\)$/s.exec(reason) ?? [];
  if (what.endsWith("'null'")) return source.fault(Number(line), "the file ends inside a declaration");
  if (line !== undefined)
    return source.fault(Number(line), `${what} is not what the .proto language has here`);
  const [, id] = /^(?:duplicate )?id (\d+)/.exec(reason) ?? [];
  if (id !== undefined)
    return source.faultAt(["=", id], `${reason}; every field needs a free number of its own`);
  const [, name] = /^(?:duplicate )?name '(\w+)'/.exec(reason) ?? [];
  if (name !== undefined) return source.faultAt([name], `${reason}; give it another name`);
  return source.fault(undefined, reason);
}

/** protobufjs has the fields of google.protobuf.Value in camelCase, its only ones of two words. */
function withProtoNames<T>(nested: T): T {
  return JSON.parse(JSON.stringify(nested).replace(/"([a-z]+)Value"/g, '"$1_value"'));
}

/** Extensions are options mostly, and fields that nobody here could name otherwise. */
function dropExtensions(root: Root): void {
  const drop = (field: Field): void => {
    field.parent?.remove(field);
  };
  for (const field of [...root.deferred]) drop(field);
  for (const field of extensionsIn(root)) drop(field);
}

function extensionsIn(namespace: protobuf.NamespaceBase): Field[] {
  return namespace.nestedArray.flatMap((one) => {
    if (one instanceof protobuf.Field) return one.extend === undefined ? [] : [one];
    return one instanceof protobuf.Namespace ? extensionsIn(one) : [];
  });
}

function readOrFail(file: string, readFile: ReadFile): string {
  try {
    return readFile(file);
  } catch (error) {
    throw protoFault(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readUtf8(path: string): string {
  return readFileSync(path, "utf8");
}
