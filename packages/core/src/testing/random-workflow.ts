import fc from "fast-check";
import { type NodeConf, startupOp, type WorkflowConf, WorkflowType } from "../dag/workflow-conf.js";

const maxNodes = 9;

/** Workflows that are right in every way, of up to ten nodes in any order; the node `last` ends each of them. */
export const randomWorkflow: fc.Arbitrary<WorkflowConf> = fc
  .integer({ min: 0, max: maxNodes })
  .chain((count) => {
    const ids = Array.from({ length: count }, (_, id) => id);
    return fc.record({
      workflowType: fc.constantFrom(...Object.values(WorkflowType)),
      // Node n3 may depend on n0, n1 and n2 only, so there is no cycle whatever the order in conf.
      dependencies: fc.tuple(...ids.map((id) => fc.subarray(ids.slice(0, id)))),
      // Those that declare to read the request.
      readers: fc.subarray(ids),
      order: fc.shuffledSubarray(ids, { minLength: count, maxLength: count }),
    });
  })
  .map(({ workflowType, dependencies, readers, order }) => {
    const read = new Set(dependencies.flat());
    const sinks = order.filter((id) => !read.has(id));
    const nodes = order.map((id) => {
      const names = (dependencies[id] ?? []).map((to) => `n${to}`);
      return nodeConf(`n${id}`, readers.includes(id) ? [startupOp, ...names] : names);
    });
    const last = nodeConf(
      "last",
      sinks.map((id) => `n${id}`),
    );
    return { name: "random", workflowType, nodes: [...nodes, last] };
  });

/** A node that reads its dependencies; its type is its name unless given. */
export function nodeConf(name: string, dependencies: readonly string[] = [], type: string = name): NodeConf {
  return {
    name,
    type,
    dependencies: dependencies.map((to) => ({ name: to, mode: "RO" })),
    address: [],
    config: {},
  };
}
