import { type DagNode, type NodeConf, type OpInput, type OpTask, planDag } from "@paddlewheel/core";

export const scriptedOps: string = new URL("./scripted-ops.js", import.meta.url).href;

const anyOpType = { has: () => true, types: () => [], optionsOf: () => undefined };

/** The node "it" of a workflow, which follows a node "before". */
export function nodeOf(type: string, config: NodeConf["config"] = {}): DagNode {
  const conf = { dependencies: [], address: [], config };
  const nodes = [
    { ...conf, name: "before", type: "AnyOp" },
    { ...conf, name: "it", type, dependencies: [{ name: "before", mode: "RO" }] },
  ];
  return planDag({ name: "w", workflowType: "Sequence", nodes }, anyOpType).lastNode;
}

export interface TaskParts {
  readonly request?: unknown;
  readonly before?: unknown;
  readonly node?: DagNode;
  readonly failure?: OpTask["failure"];
}

/** A run of one of the scripted Ops. */
export function taskOf(type: string, { request = {}, before, node, failure }: TaskParts = {}): OpTask {
  const inputs = new Map<string, OpInput>([["before", { data: before, isLastReader: true }]]);
  return { module: scriptedOps, type, workflow: "w", node: node ?? nodeOf(type), request, inputs, failure };
}
