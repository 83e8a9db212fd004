import type { Fault, FieldPath } from "../fault.js";
import { nameHint, nearestNameHint } from "../nearest-name.js";
import { readNodeConfig } from "../op/node-config.js";
import { checkControls } from "./check-controls.js";
import type { KnownOpTypes } from "./plan-dag.js";
import { DependencyMode, type NodeConf, startupOp, type WorkflowConf } from "./workflow-conf.js";

/** Faults of one node by itself: its name, type, options, dependencies and controls. */
export function checkNode(conf: WorkflowConf, index: number, opTypes: KnownOpTypes): Fault[] {
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
      message: `"${startupOp}" is the request, a node cannot have its name: give it another`,
    });
  } else if (first < index) {
    const message = `node name "${node.name}" is already taken by nodes[${first}] of workflow "${conf.name}": give it another`;
    faults.push({ path: [...path, "name"], message });
  }
  if (!opTypes.has(node.type)) {
    const remedy = ": register its class, or name its module in the ops of conf";
    const hint = nearestNameHint(node.type, opTypes.types()) || remedy;
    faults.push({ path: [...path, "type"], message: `no Op type named "${node.type}"${hint}` });
  } else {
    const options = opTypes.optionsOf(node.type);
    const inConfig = options ? readNodeConfig(node, options).faults : [];
    faults.push(...inConfig.map((fault) => ({ ...fault, path: [...path, ...fault.path] })));
  }
  return [
    ...faults,
    ...node.dependencies.flatMap((_, i) => checkDependency(conf, node, [...path, "dependencies", i])),
    ...checkControls(conf, node, path),
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
    // Of two nodes of one name the other may be meant, and the name is told of already.
    const isOnlyOne = conf.nodes.filter(({ name }) => name === node.name).length === 1;
    if (isOnlyOne) at("name", `node "${node.name}" cannot depend on itself: name a node before it`);
  } else if (!names.includes(dependency.name)) {
    const hint = nameHint(
      dependency.name,
      names.filter((name) => name !== node.name),
    );
    at("name", `no node named "${dependency.name}" in workflow "${conf.name}"${hint}`);
  } else if (node.dependencies.findIndex(({ name }) => name === dependency.name) < index) {
    at("name", `node "${node.name}" already depends on "${dependency.name}": name it once`);
  } else {
    // A node that depends on its own fallback closes a cycle, which is told of as such.
    const principal = conf.nodes.find(({ fallback }) => fallback === dependency.name);
    if (principal && principal !== node) {
      at(
        "name",
        `node "${dependency.name}" stands by for "${principal.name}": depend on "${principal.name}"`,
      );
    }
  }
  const modes: readonly string[] = Object.values(DependencyMode);
  if (!modes.includes(dependency.mode)) {
    at("mode", `mode is "${dependency.mode}", must be ${modes.map((one) => `"${one}"`).join(" or ")}`);
  } else if (dependency.name === startupOp && dependency.mode !== DependencyMode.readOnly) {
    at("mode", `the request is shared by all nodes, "${startupOp}" can only be read: mode must be "RO"`);
  }
  return faults;
}
