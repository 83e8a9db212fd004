import fc from "fast-check";
import { type NodeConf, startupOp, type WorkflowConf } from "../dag/workflow-conf.js";
import { nodeConf, randomWorkflow } from "./random-workflow.js";

/** Shorter than this no node's time is: a test that moves its clock by less can end an Op in time. */
const minTimeoutMs = 10;

const randomControls = fc.record({
  hasCondition: fc.boolean(),
  timeoutMs: fc.option(fc.integer({ min: minTimeoutMs, max: 30 }), { nil: undefined }),
  retries: fc.nat(2),
  retryBackoffMs: fc.constantFrom(0, 3),
  mapConcurrency: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
});

/** The controls of a node, and of those that stand by for it: the second for the first. */
const randomChain = fc.array(randomControls, { minLength: 1, maxLength: 3 });

/**
 * Workflows as `randomWorkflow`, in which any node may have a condition, a time, retries, a map and up to two nodes that
 * stand by. Conditions ask the request for `run_NODE`; maps run over its `items`. All nodes declare to read the request.
 */
export const randomControlledWorkflow: fc.Arbitrary<WorkflowConf> = randomWorkflow.chain((conf) =>
  fc.tuple(...conf.nodes.map(() => randomChain)).map((chains) => ({
    ...conf,
    nodes: conf.nodes.flatMap((node, i) => withControls(node, chains[i] ?? [])),
  })),
);

type Controls = typeof randomControls extends fc.Arbitrary<infer T> ? T : never;

/** The node and its stand-ins, which read what it reads. */
function withControls(node: NodeConf, chain: readonly Controls[]): NodeConf[] {
  const names = chain.map((_, level) => (level === 0 ? node.name : `${node.name}_${level}`));
  const read = node.dependencies.map(({ name }) => name).filter((name) => name !== startupOp);
  return chain.map(({ hasCondition, mapConcurrency, ...controls }, level) => {
    const name = names[level] ?? "";
    return {
      ...nodeConf(name, [startupOp, ...read]),
      ...controls,
      when: hasCondition ? `startup_op.run_${name}` : undefined,
      mapOver: mapConcurrency === undefined ? undefined : "startup_op.items",
      mapConcurrency,
      fallback: names[level + 1],
    };
  });
}
