import type { Condition } from "../condition/condition.js";
import { type Fault, invalidConf } from "../fault.js";
import type { OpOptions } from "../op/node-config.js";
import { checkNode } from "./check-node.js";
import { checkSharing } from "./check-sharing.js";
import { type MapSource, parseMapSource } from "./map-source.js";
import { conditionOf } from "./node-condition.js";
import { findCycles, layerNodes, planWaits, type WaitsFor } from "./node-order.js";
import { type DependencyMode, type NodeConf, type WorkflowConf, WorkflowType } from "./workflow-conf.js";

/** The Op types a workflow may use. */
export interface KnownOpTypes {
  has(type: string): boolean;
  types(): Iterable<string>;
  /** The options an Op type takes; undefined when they are not known, and are not checked. */
  optionsOf(type: string): OpOptions | undefined;
}

/** A node of a validated Dag. */
export interface DagNode {
  /** 1-based, in conf order; 0 is the request. */
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly conf: NodeConf;
  readonly stage: number;
  readonly dependencies: readonly DagDependency[];
  /** Ids of the nodes that read this one's output. */
  readonly dependents: readonly number[];
  /** Ids of the nodes that must have ended before this one starts: dependencies, and those that stand by for them. */
  readonly waitsFor: readonly number[];
  /** Id of the node that stands by for this one. */
  readonly fallback: number | undefined;
  /** Id of the node this one stands by for: it runs only when that fails, and gives that node's output. */
  readonly standsInFor: number | undefined;
  /** What the node runs once for each item of. */
  readonly mapSource: MapSource | undefined;
}

export interface DagDependency {
  readonly name: string;
  readonly mode: DependencyMode;
  /** Id of the node, 0 for the request. */
  readonly id: number;
}

/** The validated plan of a workflow: nodes in stages by Kahn layers, all checks done. */
export interface DagPlan {
  readonly name: string;
  readonly type: WorkflowType;
  /** In topological order; a stage is a run of neighbours. */
  readonly nodes: readonly DagNode[];
  readonly stages: readonly (readonly DagNode[])[];
  /** The only node of the last stage, those that stand by not counted; its output is the response. */
  readonly lastNode: DagNode;
  /** Of the nodes that have one, by index in `nodes`: what must hold for the node to run. */
  readonly conditions: readonly (Condition | undefined)[];
}

/** Everything that is wrong with a workflow, in conf order; paths start inside the workflow. */
export function validateWorkflow(conf: WorkflowConf, opTypes: KnownOpTypes): readonly Fault[] {
  const faults = [...checkWorkflowType(conf), ...conf.nodes.flatMap((_, i) => checkNode(conf, i, opTypes))];
  if (conf.nodes.length === 0) {
    faults.push({ path: ["nodes"], message: `workflow "${conf.name}" has no nodes, it needs at least one` });
  }
  return faults.length > 0 ? faults : checkShape(conf);
}

/** @throws ServeError invalidConf with all that `validateWorkflow` finds. */
export function planDag(conf: WorkflowConf, opTypes: KnownOpTypes): DagPlan {
  const faults = validateWorkflow(conf, opTypes);
  if (faults.length > 0) {
    throw invalidConf(
      faults.map((fault) => ({ ...fault, path: [`workflow "${conf.name}"`, ...fault.path] })),
    );
  }
  const waitsFor = planWaits(conf.nodes);
  const { stages } = layerNodes(conf.nodes, waitsFor);
  const planned = stages.map((stage, index) =>
    stage.map((node) => planNode(conf, { node, stage: index, waitsFor })),
  );
  const nodes = planned.flat();
  const lastName = lastNodesOf(conf)[0]?.name;
  const lastNode = nodes.find(({ name }) => name === lastName);
  if (!lastNode) throw invalidConf([{ path: ["nodes"], message: "a workflow needs at least one node" }]);
  const conditions = nodes.map(({ conf: node }) => conditionOf(node));
  const type = conf.workflowType as WorkflowType;
  return { name: conf.name, type, nodes, stages: planned, lastNode, conditions };
}

function planNode(
  { nodes }: WorkflowConf,
  { node, stage, waitsFor }: { node: NodeConf; stage: number; waitsFor: WaitsFor },
): DagNode {
  const idOf = (name: string): number => nodes.findIndex((other) => other.name === name) + 1;
  const readers = nodes.filter(({ dependencies }) => dependencies.some(({ name }) => name === node.name));
  const principal = nodes.find(({ fallback }) => fallback === node.name);
  return {
    id: idOf(node.name),
    name: node.name,
    type: node.type,
    conf: node,
    stage,
    // The request is no node: its id is what `idOf` gives for a name it does not find, 0.
    dependencies: node.dependencies.map(({ name, mode }) => ({
      name,
      mode: mode as DependencyMode,
      id: idOf(name),
    })),
    dependents: readers.map((reader) => idOf(reader.name)),
    waitsFor: (waitsFor.get(node.name) ?? []).map(idOf),
    fallback: node.fallback === undefined ? undefined : idOf(node.fallback),
    standsInFor: principal && idOf(principal.name),
    mapSource: node.mapOver === undefined ? undefined : parseMapSource(node.mapOver, node),
  };
}

function checkWorkflowType(conf: WorkflowConf): Fault[] {
  const types: readonly string[] = Object.values(WorkflowType);
  if (types.includes(conf.workflowType)) return [];
  const message = `workflow "${conf.name}" has the type "${conf.workflowType}", must be ${quoted(types, " or ")}`;
  return [{ path: ["workflow_type"], message }];
}

/** Checks that need every name and dependency to be right: cycles, a single last node, data races. */
function checkShape(conf: WorkflowConf): Fault[] {
  const waitsFor = planWaits(conf.nodes);
  const { waiting } = layerNodes(conf.nodes, waitsFor);
  if (waiting.length > 0) return findCycles(waiting, waitsFor).map((cycle) => cycleFault(conf, cycle));
  return [...checkLastNode(conf), ...checkSharing(conf, waitsFor)];
}

function checkLastNode(conf: WorkflowConf): Fault[] {
  const last = lastNodesOf(conf);
  if (last.length === 1) return [];
  const names = quoted(
    last.map(({ name }) => name),
    ", ",
  );
  const message = `workflow "${conf.name}" ends with ${last.length} nodes (${names}), the last stage must be exactly one: its output is the response, let one depend on the others`;
  return [{ path: ["nodes"], message }];
}

/** The last stage as if nothing ever failed: a node that stands by neither ends the workflow nor delays what does. */
function lastNodesOf({ nodes }: WorkflowConf): readonly NodeConf[] {
  const standIns = new Set(nodes.map(({ fallback }) => fallback));
  const regular = nodes.filter(({ name }) => !standIns.has(name));
  const waitsFor = planWaits(regular.map((node) => ({ ...node, fallback: undefined })));
  return layerNodes(regular, waitsFor).stages.at(-1) ?? [];
}

function cycleFault(conf: WorkflowConf, cycle: readonly string[]): Fault {
  const index = conf.nodes.findIndex(({ name }) => name === cycle[0]);
  const principal = conf.nodes.find(({ fallback }) => fallback !== undefined && cycle.includes(fallback));
  const what = `the nodes ${quoted(cycle, ", ")} of workflow "${conf.name}" depend on each other in a cycle`;
  if (!principal) {
    return {
      path: ["nodes", index, "dependencies"],
      message: `${what}: take a dependency or condition between them out`,
    };
  }
  const { name, fallback } = principal;
  const message = `${what}: "${fallback}" stands by for "${name}", waits for it, and what depends on it waits for both: give "${name}" another fallback`;
  return { path: ["nodes", conf.nodes.indexOf(principal), "fallback"], message };
}

function quoted(names: readonly string[], separator: string): string {
  return names.map((name) => `"${name}"`).join(separator);
}
