import { type Fault, type FieldPath, invalidConf } from "../fault.js";
import { nearestNameHint } from "../nearest-name.js";
import { type ConfigSchema, readConfig } from "../op/op-config.js";
import {
  DependencyMode,
  type NodeConf,
  startupOp,
  type WorkflowConf,
  WorkflowType,
} from "./workflow-conf.js";

/** The Op types a workflow may use. */
export interface KnownOpTypes {
  has(type: string): boolean;
  types(): Iterable<string>;
  /** The options an Op type takes; undefined when that is not known, and options are not checked. */
  configOf(type: string): ConfigSchema | undefined;
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
  /** The only node of the last stage; its output is the response. */
  readonly lastNode: DagNode;
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
  const { stages } = layerNodes(conf);
  const ids = new Map(conf.nodes.map((node, i) => [node.name, i + 1]));
  const planned = stages.map((stage, index) => stage.map((node) => planNode(conf, ids, node, index)));
  const nodes = planned.flat();
  const lastNode = nodes.at(-1);
  if (!lastNode) throw invalidConf([{ path: ["nodes"], message: "a workflow needs at least one node" }]);
  return { name: conf.name, type: conf.workflowType as WorkflowType, nodes, stages: planned, lastNode };
}

function planNode(
  conf: WorkflowConf,
  ids: ReadonlyMap<string, number>,
  node: NodeConf,
  stage: number,
): DagNode {
  const readers = conf.nodes.filter((other) => other.dependencies.some(({ name }) => name === node.name));
  return {
    id: ids.get(node.name) ?? 0,
    name: node.name,
    type: node.type,
    conf: node,
    stage,
    dependencies: node.dependencies.map(({ name, mode }) => ({
      name,
      mode: mode as DependencyMode,
      id: ids.get(name) ?? 0,
    })),
    dependents: readers.map((reader) => ids.get(reader.name) ?? 0),
  };
}

function checkWorkflowType(conf: WorkflowConf): Fault[] {
  const types: readonly string[] = Object.values(WorkflowType);
  if (types.includes(conf.workflowType)) return [];
  const message = `workflow "${conf.name}" has the type "${conf.workflowType}", must be ${quoted(types, " or ")}`;
  return [{ path: ["workflow_type"], message }];
}

function checkNode(conf: WorkflowConf, index: number, opTypes: KnownOpTypes): Fault[] {
  const node = conf.nodes[index];
  if (!node) return [];
  const path = ["nodes", index];
  const faults: Fault[] = [];
  const first = conf.nodes.findIndex(({ name }) => name === node.name);
  if (node.name === "") {
    faults.push({ path: [...path, "name"], message: "a node needs a name" });
  } else if (node.name === startupOp) {
    faults.push({
      path: [...path, "name"],
      message: `"${startupOp}" is the request, a node cannot have its name`,
    });
  } else if (first < index) {
    const message = `node name "${node.name}" is already taken by nodes[${first}] of workflow "${conf.name}"`;
    faults.push({ path: [...path, "name"], message });
  }
  if (!opTypes.has(node.type)) {
    const hint = nearestNameHint(node.type, opTypes.types());
    faults.push({ path: [...path, "type"], message: `no Op type named "${node.type}"${hint}` });
  } else {
    const schema = opTypes.configOf(node.type);
    const inConfig = schema ? readConfig(schema, node.config).faults : [];
    faults.push(...inConfig.map((fault) => ({ ...fault, path: [...path, ...fault.path] })));
  }
  return [
    ...faults,
    ...node.dependencies.flatMap((_, i) => checkDependency(conf, node, [...path, "dependencies", i])),
  ];
}

function checkDependency(conf: WorkflowConf, node: NodeConf, path: FieldPath): Fault[] {
  const index = path.at(-1) as number;
  const dependency = node.dependencies[index];
  if (!dependency) return [];
  const faults: Fault[] = [];
  const names = [startupOp, ...conf.nodes.map(({ name }) => name)];
  const at = (field: string, message: string) => faults.push({ path: [...path, field], message });
  if (dependency.name === node.name) {
    at("name", `node "${node.name}" cannot depend on itself`);
  } else if (!names.includes(dependency.name)) {
    const hint = nearestNameHint(
      dependency.name,
      names.filter((name) => name !== node.name),
    );
    at("name", `no node named "${dependency.name}" in workflow "${conf.name}"${hint}`);
  } else if (node.dependencies.findIndex(({ name }) => name === dependency.name) < index) {
    at("name", `node "${node.name}" already depends on "${dependency.name}"`);
  }
  const modes: readonly string[] = Object.values(DependencyMode);
  if (!modes.includes(dependency.mode)) {
    at("mode", `mode is "${dependency.mode}", must be ${quoted(modes, " or ")}`);
  } else if (dependency.name === startupOp && dependency.mode !== DependencyMode.readOnly) {
    at("mode", `the request is shared by all nodes, "${startupOp}" can only be read: mode must be "RO"`);
  }
  return faults;
}

/** Checks that need every name and dependency to be right: cycles, and a single last node. */
function checkShape(conf: WorkflowConf): Fault[] {
  const { stages, waiting } = layerNodes(conf);
  if (waiting.length > 0) return findCycles(waiting).map((cycle) => cycleFault(conf, cycle));
  const last = stages.at(-1) ?? [];
  if (last.length === 1) return [];
  const names = quoted(
    last.map(({ name }) => name),
    ", ",
  );
  const message = `workflow "${conf.name}" ends with ${last.length} nodes (${names}), the last stage must be exactly one: its output is the response`;
  return [{ path: ["nodes"], message }];
}

/** Kahn layers: a node stands in the stage after its last dependency. `waiting` are those a cycle keeps from any. */
function layerNodes(conf: WorkflowConf): { stages: NodeConf[][]; waiting: NodeConf[] } {
  const placed = new Set<string>([startupOp]);
  const stages: NodeConf[][] = [];
  let waiting = [...conf.nodes];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ dependencies }) => dependencies.every(({ name }) => placed.has(name)));
    if (ready.length === 0) break;
    stages.push(ready);
    for (const { name } of ready) placed.add(name);
    waiting = waiting.filter((node) => !ready.includes(node));
  }
  return { stages, waiting };
}

/** Of the nodes no stage could take, those that need each other; the others only hang on a cycle or between two. */
function findCycles(waiting: readonly NodeConf[]): string[][] {
  const names = waiting.map(({ name }) => name);
  const needs = new Map(waiting.map((node) => [node.name, allDependencies(node, waiting)]));
  const cycleOf = (name: string): string[] =>
    names.filter((other) => needs.get(name)?.has(other) && needs.get(other)?.has(name));
  return names.map(cycleOf).filter((cycle, i) => cycle[0] === names[i]);
}

/** Names of the waiting nodes that `node` depends on, directly or through others. */
function allDependencies(node: NodeConf, waiting: readonly NodeConf[]): Set<string> {
  const found = new Set<string>();
  const open = [node];
  for (let next = open.pop(); next; next = open.pop()) {
    const names = new Set(next.dependencies.map(({ name }) => name));
    const added = waiting.filter(({ name }) => names.has(name) && !found.has(name));
    for (const { name } of added) found.add(name);
    open.push(...added);
  }
  return found;
}

function cycleFault(conf: WorkflowConf, cycle: readonly string[]): Fault {
  const message = `the nodes ${quoted(cycle, ", ")} of workflow "${conf.name}" depend on each other in a cycle`;
  const index = conf.nodes.findIndex(({ name }) => name === cycle[0]);
  return { path: ["nodes", index, "dependencies"], message };
}

function quoted(names: readonly string[], separator: string): string {
  return names.map((name) => `"${name}"`).join(separator);
}
