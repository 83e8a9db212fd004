import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Code, ServeError } from "@paddlewheel/core";
import type { Registries } from "../registries.js";
import { registerOpModule } from "./op-module.js";

export interface ImportOpModuleOptions {
  /** An absolute path, or the name of a package. */
  readonly specifier: string;
  /** Folder from which packages are looked for. */
  readonly from: string;
  readonly registries: Registries;
}

/**
 * Imports a module of Ops and registers what it brings.
 * @throws ServeError invalidConf that names the module: it cannot be imported, or brings nothing that can be registered.
 */
export async function importOpModule({ specifier, from, registries }: ImportOpModuleOptions): Promise<void> {
  let exports: object;
  try {
    exports = await import(urlOf(specifier, from));
  } catch (thrown) {
    const message = `module "${specifier}": cannot be imported: ${reasonOf(thrown, specifier)}`;
    throw new ServeError(Code.invalidConf, message, { cause: thrown });
  }
  registerOpModule({ name: specifier, exports }, registries);
}

/** In one line: Node adds which file asked for a package, which is conf here, and nothing of where syntax is wrong. */
function reasonOf(thrown: unknown, specifier: string): string {
  const [reason = ""] = (thrown instanceof Error ? thrown.message : String(thrown)).split("\n", 1);
  if (thrown instanceof SyntaxError) return `${reason}; "node --check ${specifier}" shows where`;
  const isMissing =
    !isAbsolute(specifier) && (thrown as { code?: unknown } | null)?.code === "MODULE_NOT_FOUND";
  return isMissing ? `${reason}; install it, or write "./" in front of a file` : reason;
}

function urlOf(specifier: string, from: string): string {
  if (isAbsolute(specifier)) return pathToFileURL(specifier).href;
  const path = createRequire(join(from, "conf.js")).resolve(specifier);
  // Modules of Node itself stay names.
  return isAbsolute(path) ? pathToFileURL(path).href : path;
}
