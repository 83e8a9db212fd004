import type { Histogram, Metrics } from "../observe/metrics.js";
import type { OpClass, OpEnvironment } from "../op/op.js";
import type { DagPlan } from "./plan-dag.js";

/** Everything the executions of one workflow in one service share. */
export interface DagBlueprint {
  readonly plan: DagPlan;
  readonly service: string;
  /** By index of the plan's nodes. */
  readonly opClasses: readonly OpClass[];
  readonly configs: readonly unknown[];
  readonly environment: OpEnvironment;
  readonly metrics: DagMetrics;
}

/** Latencies in seconds, by index in the plan. */
export interface DagMetrics {
  readonly workflow: Histogram;
  readonly stages: readonly Histogram[];
  readonly ops: readonly Histogram[];
}

/** The histograms of one workflow in one service. */
export function createDagMetrics(metrics: Metrics, service: string, plan: DagPlan): DagMetrics {
  const place = { service, workflow: plan.name };
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
        help: "Time an Op took for one request, waiting included.",
        labels: { ...place, stage: String(stage), op: name },
      }),
    ),
  };
}
