import {
  Code,
  MergerRegistry,
  nearestNameHint,
  type OpClass,
  OpRegistry,
  ServeError,
} from "@paddlewheel/core";
import { registerOpModule } from "../op-modules/op-module.js";
import type { OpAddress } from "./op-job.js";

/** What modules brought, by their URL; each is imported once in a thread. */
const modules = new Map<string, Promise<OpRegistry>>();

/**
 * Finds the class of an Op in its module.
 * @throws ServeError invalidConf that names the module: it cannot be imported, or brings no Op of the type.
 */
export async function findOpClass({ module, type }: OpAddress): Promise<OpClass> {
  const loading = modules.get(module) ?? importOps(module);
  modules.set(module, loading);
  const ops = await loading;
  if (ops.has(type)) return ops.get(type);
  const hint = nearestNameHint(type, ops.types());
  throw new ServeError(Code.invalidConf, `module "${module}": exports no Op of the type "${type}"${hint}`);
}

async function importOps(module: string): Promise<OpRegistry> {
  // Empty ones: what the server has registered besides stays on its own thread.
  const registries = { ops: new OpRegistry(), mergers: new MergerRegistry(), services: new Map() };
  registerOpModule({ name: module, exports: await importModule(module) }, registries);
  return registries.ops;
}

async function importModule(module: string): Promise<object> {
  try {
    return (await import(module)) as object;
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const text = `module "${module}": cannot be imported in a worker thread: ${message}`;
    throw new ServeError(Code.invalidConf, text, { cause: thrown });
  }
}
