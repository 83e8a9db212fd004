import {
  type DependencyConf,
  type Fault,
  type FieldPath,
  formatFieldPath,
  invalidConf,
  OpRegistry,
  validateWorkflow,
  type WorkflowConf,
  WorkflowType,
} from "@paddlewheel/core";
import { graphPlace } from "./builder-place.js";
import { OpGraph } from "./op-graph.js";
import type { OpNode } from "./op-node.js";
import { registerOps } from "./register-ops.js";

export interface GraphOptions {
  /** Name of the workflow. Default `workflow1`, as in Paddle Serving. */
  readonly name?: string;
  /** How nodes are run. Default `Sequence`, one after the other, as in Paddle Serving. */
  readonly type?: WorkflowType;
}

export const defaultGraphName = "workflow1";

/**
 * Makes a graph of nodes and of those that stand by for them, checked as conf is.
 * @param chained what nodes depend on that have no inputs of their own
 * @throws ServeError invalidConf with every fault, a line each, that names the graph and the node.
 */
export function planGraph(
  { name = defaultGraphName, type = WorkflowType.sequence }: GraphOptions,
  added: readonly OpNode<unknown>[],
  chained: ReadonlyMap<OpNode<unknown>, readonly DependencyConf[]> = new Map(),
): OpGraph {
  const nodes = withFallbacks(added);
  const nodeConfs = nodes.map((node) => {
    const dependencies = chained.get(node);
    return dependencies ? { ...node.conf, dependencies } : node.conf;
  });
  const conf: WorkflowConf = { name, workflowType: type, nodes: nodeConfs };
  const graph = new OpGraph(
    conf,
    nodes.map(({ opClass }) => opClass),
  );
  const faults = findFaults(graph, nodes);
  if (faults.length === 0) return graph;
  throw invalidConf(
    faults.map(({ path, message }) => ({
      path: [graphPlace(conf, path)],
      message: message + remedyFor(path, conf),
    })),
  );
}

/** A node that stands by comes right after its node, unless it was added by itself. */
function withFallbacks(added: readonly OpNode<unknown>[]): readonly OpNode<unknown>[] {
  const nodes = [...added];
  for (const node of nodes) {
    const { fallback } = node;
    if (fallback && !nodes.includes(fallback)) nodes.splice(nodes.indexOf(node) + 1, 0, fallback);
  }
  return nodes;
}

function findFaults(graph: OpGraph, nodes: readonly OpNode<unknown>[]): readonly Fault[] {
  const ops = new OpRegistry();
  const own = [...registerOps(graph, ops), ...nodes.flatMap((_, i) => strangers(nodes, i))];
  const told = new Set(own.map(({ path }) => formatFieldPath(path)));
  const found = validateWorkflow(graph.conf, ops);
  return [...own, ...found.filter(({ path }) => !told.has(formatFieldPath(path)))];
}

/** Inputs that are not in the graph: conf knows nodes by name, builders by themselves. */
function strangers(nodes: readonly OpNode<unknown>[], index: number): readonly Fault[] {
  const inputs = nodes[index]?.inputs ?? [];
  return inputs.flatMap((input, i): Fault[] => {
    if (nodes.includes(input)) return [];
    const namesake = nodes.some(({ name }) => name === input.name);
    const message = namesake
      ? `is the node "${input.name}" of another graph: take the one of this graph`
      : `the node "${input.name}" is not in the graph: add it with addOp`;
    return [{ path: ["nodes", index, "dependencies", i, "name"], message }];
  });
}

/** What to do with a builder, where conf's message leaves that open. */
function remedyFor(path: FieldPath, { nodes }: WorkflowConf): string {
  return path[0] === "nodes" && nodes.length === 0 ? ": add it with addOp" : "";
}
