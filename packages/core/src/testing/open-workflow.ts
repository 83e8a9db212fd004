import type { DagViewPool } from "../dag/dag-view-pool.js";
import { Workflow } from "../dag/workflow.js";
import { type NodeConf, WorkflowType } from "../dag/workflow-conf.js";
import { OpRegistry } from "../op/op-registry.js";
import { type Inference, opOf } from "./op-of.js";
import { nodeConf } from "./random-workflow.js";
import { createTestEnvironment, type TestEnvironment } from "./test-environment.js";

export interface OpenWorkflowOptions {
  /** Name of each node → names of the nodes it reads. */
  readonly nodes: Readonly<Record<string, readonly string[]>>;
  /** What nodes do; one that is not named gives its own name as output. */
  readonly inference?: Readonly<Record<string, Inference>>;
  /** What nodes declare beyond that, by their name. */
  readonly conf?: Readonly<Record<string, Partial<NodeConf>>>;
  /** Default: Sequence. */
  readonly type?: WorkflowType;
  readonly environment?: TestEnvironment;
}

/** The workflow `w` with an Op type per node, opened for the service `s`. */
export function openWorkflow(options: OpenWorkflowOptions): DagViewPool {
  const {
    nodes,
    inference = {},
    conf = {},
    type = WorkflowType.sequence,
    environment = createTestEnvironment(),
  } = options;
  const registry = new OpRegistry();
  for (const name of Object.keys(nodes)) registry.register(opOf(name, inference[name] ?? giveName));
  const confs = Object.entries(nodes).map(([name, dependencies]) => ({
    ...nodeConf(name, dependencies),
    ...conf[name],
  }));
  return new Workflow({ name: "w", workflowType: type, nodes: confs }, registry).openFor("s", environment);
}

const giveName: Inference = (op) => {
  op.output = op.name;
};
