import type { Condition } from "../condition/condition.js";
import { parseCondition } from "../condition/parse-condition.js";
import { type NodeConf, startupOp } from "./workflow-conf.js";

/** What must hold for the node to run; undefined for always, and for a condition that cannot be read. */
export function conditionOf({ when }: NodeConf): Condition | undefined {
  const parsed = when === undefined ? undefined : parseCondition(when);
  return parsed && "condition" in parsed ? parsed.condition : undefined;
}

/** Nodes whose outputs a condition looks at, dependencies or not, each once. */
export function nodesLookedAt(condition: Condition | undefined): readonly string[] {
  return condition?.dependencies.filter((name) => name !== startupOp) ?? [];
}
