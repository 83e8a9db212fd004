import type { Fault } from "../fault.js";
import { conditionOf, nodesLookedAt } from "./node-condition.js";
import { allBefore, type WaitsFor } from "./node-order.js";
import { DependencyMode, type NodeConf, type WorkflowConf, WorkflowType } from "./workflow-conf.js";

/**
 * Outputs that one node changes while another uses them: a data race. Only a Parallel workflow can have them, between
 * nodes of which neither waits for the other; in a Sequence the order of conf is kept.
 */
export function checkSharing(conf: WorkflowConf, waitsFor: WaitsFor): Fault[] {
  if (conf.workflowType !== WorkflowType.parallel) return [];
  const before = new Map(conf.nodes.map(({ name }) => [name, allBefore(name, waitsFor)]));
  const areOrdered = (a: string, b: string): boolean =>
    before.get(a)?.has(b) === true || before.get(b)?.has(a) === true;
  const looks = new Map(conf.nodes.map((node) => [node, nodesLookedAt(conditionOf(node))]));
  /** Two writers are told of once, at the later one. */
  const isRival = (other: NodeConf, output: string, isEarlier: boolean): boolean => {
    const dependency = other.dependencies.find(({ name }) => name === output);
    if (dependency === undefined) return looks.get(other)?.includes(output) === true;
    return dependency.mode === DependencyMode.readOnly || isEarlier;
  };
  return conf.nodes.flatMap((writer, index) =>
    writer.dependencies.flatMap(({ name, mode }, i): Fault[] => {
      if (mode !== DependencyMode.readWrite) return [];
      const rivals = conf.nodes.filter(
        (other, at) =>
          other !== writer && !areOrdered(other.name, writer.name) && isRival(other, name, at < index),
      );
      return rivals.map((rival) => ({
        path: ["nodes", index, "dependencies", i, "mode"],
        message: raceMessage(writer.name, rival, name),
      }));
    }),
  );
}

function raceMessage(writer: string, rival: NodeConf, output: string): string {
  const { mode } = rival.dependencies.find(({ name }) => name === output) ?? {};
  const does = mode === DependencyMode.readWrite ? "changes it too" : "reads it";
  return (
    `node "${writer}" changes the output of "${output}" while node "${rival.name}" ${does}: ` +
    `let "${writer}" depend on "${rival.name}" or "${rival.name}" on "${writer}", or copy it in a node of its own`
  );
}
