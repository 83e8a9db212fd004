import { isAbsolute, relative } from "node:path";
import type { DagNode, DagPlan, EngineConf, InferServiceConf } from "@paddlewheel/core";
import { columns } from "../columns.js";
import type { TextStream } from "../terminal.js";
import { controlsOf, type ServerPlan, workflowsOf } from "./server-plan.js";

/** Services, workflows with their stages, and engines, as indented lines. */
export function renderOutline(plan: ServerPlan, stream: TextStream): string {
  const head = (text: string): string => stream.style("bold", text);
  const sections = [
    ...plan.services.map((service) => [head(`service ${service.name}`), ...serviceLines(service)]),
    ...plan.workflows.map((workflow) => [
      `${head(`workflow ${workflow.name}`)} (${workflow.type})`,
      ...workflowLines(workflow, plan),
    ]),
    ...plan.engines.map((engine) => [head(`engine ${engine.name}`), ...engineLines(engine)]),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function serviceLines(service: InferServiceConf): string[] {
  const workflows = workflowsOf(service);
  const isMerged = workflows.length > 1 && !service.workflowMap;
  const manner = service.isParallel ? "side by side" : "one after the other";
  return [
    ...workflows.map(
      ({ name, when }) => `  runs workflow ${name}${when === undefined ? "" : ` when ${when}`}`,
    ),
    ...(isMerged ? [`  ${manner}, merged by ${service.merger}`] : []),
    ...(service.webService === undefined ? [] : [`  also POST /${service.webService}/prediction`]),
  ];
}

function workflowLines({ stages }: DagPlan, plan: ServerPlan): string[] {
  return stages.flatMap((nodes, stage) => [
    `  stage ${stage}`,
    ...columns(
      nodes.map((node) => [node.name, node.type, describeNode(node, plan)]),
      4,
    ),
  ]);
}

function describeNode(node: DagNode, plan: ServerPlan): string {
  const engine = plan.engineOf(node);
  const reads = node.dependencies.map(({ name, mode }) => (mode === "RW" ? `${name} (RW)` : name));
  return [
    reads.length > 0 ? `reads ${reads.join(", ")}` : "",
    engine === undefined ? "" : `runs engine ${engine}`,
    ...controlsOf(node),
  ]
    .filter((part) => part !== "")
    .join("; ");
}

function engineLines({ type, modelDir, placement, runtimeThreadNum: count }: EngineConf): string[] {
  const threads = count > 0 ? [`${count} ${count === 1 ? "thread" : "threads"}`] : [];
  return [`  ${type} from ${shortPath(modelDir)}`, `  ${[`placement ${placement}`, ...threads].join(", ")}`];
}

/** A path below the working directory as one from there. */
function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith("..") || isAbsolute(fromHere) || fromHere === "" ? path : fromHere;
}
