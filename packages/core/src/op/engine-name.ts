import type { NodeConf } from "../dag/workflow-conf.js";
import { type OpOptions, readNodeConfig } from "./node-config.js";

/** What an Op type says of the engine its nodes run. */
export interface EngineUse extends OpOptions {
  readonly needsEngine?: boolean | undefined;
  readonly engineOption?: string | undefined;
}

/** Name of the engine that a node runs; undefined when Ops of its type need none. */
export function engineNameOf(node: NodeConf, use: EngineUse): string | undefined {
  if (!use.needsEngine) return undefined;
  if (use.engineOption === undefined) return node.name;
  const config = readNodeConfig(node, use).config as Readonly<Record<string, string>> | undefined;
  return config?.[use.engineOption] ?? node.name;
}
