import type { NodeConf } from "../dag/workflow-conf.js";
import type { Fault } from "../fault.js";
import { type ConfigSchema, readConfig } from "./op-config.js";

/** What an Op type says of its options: declares them, or reads them itself. */
export interface OpOptions {
  readonly config?: ConfigSchema | undefined;
  readonly createConfig?: ((node: NodeConf) => unknown) | undefined;
}

/** The options of a node as its Op gets them. What `createConfig` throws is a fault of the node. */
export function readNodeConfig(
  node: NodeConf,
  { config: schema, createConfig }: OpOptions,
): { readonly config: unknown; readonly faults: readonly Fault[] } {
  if (!createConfig) return readConfig(schema, node.config);
  try {
    return { config: createConfig(node), faults: [] };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { config: undefined, faults: [{ path: ["config"], message }] };
  }
}
