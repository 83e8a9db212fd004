import type { Counter, Histogram, MetricOptions, Metrics } from "../observe/metrics.js";
import type { OpClass, OpEnvironment } from "../op/op.js";
import type { OpInstances } from "./op-instances.js";
import type { DagNode, DagPlan } from "./plan-dag.js";

/** What the Ops of one workflow in one service are made of. */
export interface OpBlueprint {
  readonly plan: DagPlan;
  readonly service: string;
  /** By index of the plan's nodes. */
  readonly opClasses: readonly OpClass[];
  readonly configs: readonly unknown[];
  readonly environment: OpEnvironment;
}

/** Everything the executions of one workflow in one service share. */
export interface DagBlueprint extends OpBlueprint {
  readonly metrics: DagMetrics;
  /** Ops of the nodes that run several times in a request, by index of the plan's nodes; undefined for the others. */
  readonly instances: readonly (OpInstances | undefined)[];
}

/** What is measured of one workflow in one service, by index in the plan; latencies in seconds. */
export interface DagMetrics {
  readonly workflow: Histogram;
  readonly stages: readonly Histogram[];
  readonly ops: readonly Histogram[];
  /** Of the nodes that declare a condition, retries, a fallback. */
  readonly skips: readonly (Counter | undefined)[];
  readonly retries: readonly (Counter | undefined)[];
  readonly fallbacks: readonly (Counter | undefined)[];
}

/** The metrics of one workflow in one service. */
export function createDagMetrics(metrics: Metrics, service: string, plan: DagPlan): DagMetrics {
  const place = { service, workflow: plan.name };
  const countNodes = (which: (node: DagNode) => boolean, options: MetricOptions): (Counter | undefined)[] =>
    plan.nodes.map((node) =>
      which(node) ? metrics.counter({ ...options, labels: { ...place, op: node.name } }) : undefined,
    );
  return {
    workflow: metrics.histogram({
      name: "paddlewheel_workflow_seconds",
      help: "Time a workflow took for one request.",
      labels: place,
    }),
    stages: plan.stages.map((_, stage) =>
      metrics.histogram({
        name: "paddlewheel_stage_seconds",
        help: "Time from the start of a stage's first node to the end of its last.",
        labels: { ...place, stage: String(stage) },
      }),
    ),
    ops: plan.nodes.map(({ name, stage }) =>
      metrics.histogram({
        name: "paddlewheel_op_seconds",
        help: "Time an Op took for one request, waiting, attempts and items included.",
        labels: { ...place, stage: String(stage), op: name },
      }),
    ),
    skips: countNodes(({ conf }) => conf.when !== undefined, {
      name: "paddlewheel_node_skips_total",
      help: "Times a node was passed over because its condition did not hold.",
    }),
    retries: countNodes(({ conf }) => (conf.retries ?? 0) > 0, {
      name: "paddlewheel_node_retries_total",
      help: "Attempts of a node after the first.",
    }),
    fallbacks: countNodes(({ fallback }) => fallback !== undefined, {
      name: "paddlewheel_node_fallbacks_total",
      help: "Times a node failed and its fallback was called.",
    }),
  };
}
