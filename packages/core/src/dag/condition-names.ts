import { parseCondition } from "../condition/parse-condition.js";
import { type NodeConf, startupOp } from "./workflow-conf.js";

/** Nodes whose outputs the node's condition looks at, dependencies or not, each once; none when it cannot be read. */
export function conditionNames({ when }: NodeConf): readonly string[] {
  if (when === undefined) return [];
  const parsed = parseCondition(when);
  return "fault" in parsed ? [] : parsed.condition.dependencies.filter((name) => name !== startupOp);
}
