import type { DagNode, DagPlan } from "@paddlewheel/core";
import { controlsOf, lookedAt, type ServerPlan, workflowsOf } from "./server-plan.js";

/** Services, workflows and engines as a Mermaid flowchart: GitHub and most viewers of Markdown draw it. */
export function renderMermaid(plan: ServerPlan): string {
  const lines = [
    "flowchart LR",
    ...plan.services.map(({ name }, i) => `  s${i}([${label(name)}])`),
    ...plan.workflows.flatMap((workflow, i) => workflowLines(workflow, `w${i}`)),
    ...plan.engines.map(({ name, type }, i) => `  e${i}[(${label(name, type)})]`),
    ...plan.services.flatMap((_, i) => serviceEdges(plan, i)),
    ...plan.workflows.flatMap((_, i) => engineEdges(plan, i)),
  ];
  return `${lines.join("\n")}\n`;
}

function workflowLines(workflow: DagPlan, id: string): string[] {
  const { name, type, nodes } = workflow;
  const own = (node: DagNode): string => `${id}n${node.id}`;
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return [
    `  subgraph ${id}[${label(`${name} (${type})`)}]`,
    ...nodes.map((node) => `    ${own(node)}[${label(node.name, node.type, ...controlsOf(node))}]`),
    ...nodes.flatMap((node) =>
      node.dependencies
        .filter((dependency) => dependency.id !== 0)
        .map(({ id: from, mode }) => `    ${id}n${from} ${mode === "RW" ? "-->|RW|" : "-->"} ${own(node)}`),
    ),
    ...nodes.flatMap((node) =>
      lookedAt(workflow, node).map((name) => `    ${id}n${byName.get(name)?.id} -. when .-> ${own(node)}`),
    ),
    ...nodes.flatMap((node) => {
      const fallback = byName.get(node.conf.fallback ?? "");
      return fallback ? [`    ${own(node)} -. fallback .-> ${own(fallback)}`] : [];
    }),
    "  end",
  ];
}

function serviceEdges({ services, workflows }: ServerPlan, index: number): string[] {
  const service = services[index];
  if (!service) return [];
  return workflowsOf(service).map(({ name, when }) => {
    const workflow = workflows.findIndex((one) => one.name === name);
    return `  s${index} -->${when === undefined ? "" : `|${label(when)}|`} w${workflow}`;
  });
}

function engineEdges({ workflows, engines, engineOf }: ServerPlan, index: number): string[] {
  const nodes = workflows[index]?.nodes ?? [];
  return nodes.flatMap((node) => {
    const engine = engines.findIndex(({ name }) => name === engineOf(node));
    return engine < 0 ? [] : [`  w${index}n${node.id} -.- e${engine}`];
  });
}

/** Text in quotes, one line each; what would end the quotes, or be read as markup, is written as an entity. */
function label(...lines: readonly string[]): string {
  const entities = lines.map((line) => line.replace(/[^\p{L}\p{N} _.,:()[\]/=-]/gu, entity));
  return `"${entities.join("<br>")}"`;
}

function entity(character: string): string {
  return `#${character.codePointAt(0)};`;
}
