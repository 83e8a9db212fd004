import { conditionOf, nodesLookedAt } from "./node-condition.js";
import { type NodeConf, startupOp } from "./workflow-conf.js";

/** Names of the nodes that must have ended before a node starts, by its name. */
export type WaitsFor = ReadonlyMap<string, readonly string[]>;

/**
 * A node waits for its dependencies and for what its condition looks at, for the nodes that stand by for them, since the
 * output may come from there, and, when it stands by itself, for the node it may have to stand in for.
 */
export function planWaits(nodes: readonly NodeConf[]): WaitsFor {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const standsInFor = new Map(nodes.map(({ name, fallback }) => [fallback, name]));
  return new Map(
    nodes.map((node) => {
      const read = [...node.dependencies.map(({ name }) => name), ...nodesLookedAt(conditionOf(node))];
      const waits = new Set(read.flatMap((name) => [name, ...standInsOf(name, byName)]));
      const principal = standsInFor.get(node.name);
      if (principal !== undefined) waits.add(principal);
      waits.delete(startupOp);
      return [node.name, [...waits]];
    }),
  );
}

/** The node's fallback, the fallback of that, and so on; a circle is walked once. */
function standInsOf(name: string, byName: ReadonlyMap<string, NodeConf>): Set<string> {
  const found = new Set<string>();
  let next = byName.get(name)?.fallback;
  while (next !== undefined && !found.has(next)) {
    found.add(next);
    next = byName.get(next)?.fallback;
  }
  return found;
}

/** Kahn layers: a node stands in the stage after the last it waits for. `waiting` are those a cycle keeps from any. */
export function layerNodes(
  nodes: readonly NodeConf[],
  waitsFor: WaitsFor,
): { readonly stages: NodeConf[][]; readonly waiting: NodeConf[] } {
  const placed = new Set<string>();
  const stages: NodeConf[][] = [];
  let waiting = [...nodes];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ name }) => waitsFor.get(name)?.every((earlier) => placed.has(earlier)));
    if (ready.length === 0) break;
    stages.push(ready);
    for (const { name } of ready) placed.add(name);
    waiting = waiting.filter((node) => !ready.includes(node));
  }
  return { stages, waiting };
}

/** Of the nodes no stage could take, those that wait for each other; the others only hang on a cycle or between two. */
export function findCycles(waiting: readonly NodeConf[], waitsFor: WaitsFor): string[][] {
  const names = waiting.map(({ name }) => name);
  const earlier = new Map(names.map((name) => [name, allBefore(name, waitsFor)]));
  const cycleOf = (name: string): string[] =>
    names.filter((other) => earlier.get(name)?.has(other) && earlier.get(other)?.has(name));
  return names.map(cycleOf).filter((cycle, i) => cycle[0] === names[i]);
}

/** Names of all nodes that have ended when this one starts; with its own name when it waits for itself. */
export function allBefore(name: string, waitsFor: WaitsFor): Set<string> {
  const found = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const earlier of waitsFor.get(next) ?? []) {
      if (!found.has(earlier)) open.push(earlier);
      found.add(earlier);
    }
  }
  return found;
}
