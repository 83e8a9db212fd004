import type { ServerConf } from "@paddlewheel/conf";
import {
  type DagNode,
  type DagPlan,
  type EngineConf,
  engineNameOf,
  type InferServiceConf,
  type OpRegistry,
  planDag,
  startupOp,
} from "@paddlewheel/core";

/** A conf set as it would run. */
export interface ServerPlan {
  readonly services: readonly InferServiceConf[];
  readonly workflows: readonly DagPlan[];
  readonly engines: readonly EngineConf[];
  /** Name of the engine that a node runs; undefined for none. */
  readonly engineOf: (node: DagNode) => string | undefined;
}

/** @throws ServeError invalidConf for a workflow that could not run. */
export function planServer({ services, workflows, engines }: ServerConf, ops: OpRegistry): ServerPlan {
  return {
    services,
    workflows: workflows.map((workflow) => planDag(workflow, ops)),
    engines,
    engineOf: ({ type, conf }) => engineNameOf(conf, ops.get(type)),
  };
}

/** The workflows a service may run, with what makes it run them; undefined for always. */
export function workflowsOf(
  service: InferServiceConf,
): readonly { name: string; when: string | undefined }[] {
  const { workflowMap, workflows } = service;
  if (!workflowMap) return workflows.map((name) => ({ name, when: undefined }));
  return [...workflowMap.workflows].flatMap(([value, names]) =>
    names.map((name) => ({ name, when: `${workflowMap.requestField} = ${JSON.stringify(value)}` })),
  );
}

/** Nodes that the condition of a node looks at without being its dependencies. */
export function lookedAt({ nodes, conditions }: DagPlan, node: DagNode): readonly string[] {
  const read = new Set([startupOp, ...node.dependencies.map(({ name }) => name)]);
  return conditions[nodes.indexOf(node)]?.dependencies.filter((name) => !read.has(name)) ?? [];
}

/** What conf says of a node beside its type and dependencies, each in the words of conf. */
export function controlsOf({ conf }: DagNode): readonly string[] {
  const { when, mapOver, timeoutMs, retries, fallback } = conf;
  return [
    when === undefined ? [] : [`when ${when}`],
    mapOver === undefined ? [] : [`map over ${mapOver}`],
    timeoutMs === undefined ? [] : [`timeout ${timeoutMs} ms`],
    retries ? [`${retries} ${retries === 1 ? "retry" : "retries"}`] : [],
    fallback === undefined ? [] : [`fallback ${fallback}`],
  ].flat();
}
