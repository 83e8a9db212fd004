import { type ConfSetOptions, createContext } from "./files/conf-context.js";
import { readSetFile } from "./files/find-conf-file.js";
import { type OpModule, resolveOpModules } from "./resolve/resolve-op-modules.js";

/**
 * The modules a conf set names for its Ops, to be imported before the set is checked: the check must know the Ops that
 * they register. Never throws for bad conf: modules that are at fault are left out, and `checkServerConf` reports them
 * with everything else.
 */
export function readOpModules(options: ConfSetOptions): { readonly modules: readonly OpModule[] } {
  const context = createContext(options);
  const file = readSetFile(context, "workflow", "WorkflowConf");
  return { modules: resolveOpModules(file, context).modules };
}
