import { parseCondition } from "../condition/parse-condition.js";
import type { Fault, FieldPath } from "../fault.js";
import { nameHint, nearestNameHint } from "../nearest-name.js";
import { quoteNames, quoteValue } from "../quote-value.js";
import { parseMapSource } from "./map-source.js";
import { DependencyMode, type NodeConf, startupOp, type WorkflowConf } from "./workflow-conf.js";

interface Range {
  readonly field: string;
  readonly value: (node: NodeConf) => number | undefined;
  readonly min: number;
  readonly max: number;
}

const ranges: readonly Range[] = [
  // A day: longer is a slip of units, and setTimeout ends at 24.8 days.
  { field: "timeout_ms", value: (node) => node.timeoutMs, min: 1, max: 86_400_000 },
  // Each retry multiplies the load on whatever is failing.
  { field: "retries", value: (node) => node.retries, min: 0, max: 10 },
  // A minute: the request and all it holds wait as long.
  { field: "retry_backoff_ms", value: (node) => node.retryBackoffMs, min: 0, max: 60_000 },
  // Each item at work has an Op of its own.
  { field: "map_concurrency", value: (node) => node.mapConcurrency, min: 1, max: 256 },
];

/** Faults of what a node declares beyond its dependencies: its condition, map, fallback, time and retries. */
export function checkControls(conf: WorkflowConf, node: NodeConf, path: FieldPath): Fault[] {
  const faults = [
    ...checkRanges(node),
    ...checkCondition(conf, node),
    ...checkMap(node),
    ...checkFallback(conf, node),
    ...checkRepeatable(node),
  ];
  return faults.map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
}

function checkRanges(node: NodeConf): Fault[] {
  return ranges.flatMap(({ field, value, min, max }) => {
    const given = value(node);
    if (given === undefined || (Number.isInteger(given) && given >= min && given <= max)) return [];
    return [{ path: [field], message: `${field} is ${given}, must be a whole number from ${min} to ${max}` }];
  });
}

/** A condition may look at any other node, which then runs before this one. */
function checkCondition(conf: WorkflowConf, node: NodeConf): Fault[] {
  if (node.when === undefined) return [];
  const parsed = parseCondition(node.when);
  if ("fault" in parsed) return [{ path: ["when"], message: parsed.fault }];
  return parsed.condition.dependencies.flatMap((name) => {
    const message = faultOfLook(conf, node, name);
    return message === undefined ? [] : [{ path: ["when"], message }];
  });
}

function faultOfLook(
  { name: workflow, nodes }: WorkflowConf,
  node: NodeConf,
  name: string,
): string | undefined {
  if (name === startupOp) return undefined;
  if (name === node.name)
    return `node "${name}" cannot have a condition on its own output: name another node`;
  const principal = nodes.find(({ fallback }) => fallback === name);
  if (principal) return `node "${name}" stands by for "${principal.name}": name "${principal.name}"`;
  const known = [startupOp, ...nodes.map((other) => other.name)].filter((other) => other !== node.name);
  if (known.includes(name)) return undefined;
  return `no node named ${quoteValue(name)} in workflow "${workflow}"${nameHint(name, known)}`;
}

function checkMap(node: NodeConf): Fault[] {
  const { mapOver, mapConcurrency } = node;
  if (mapOver === undefined) {
    if (mapConcurrency === undefined) return [];
    return [
      {
        path: ["map_concurrency"],
        message: "has no effect without map_over: remove it, or say what to map over",
      },
    ];
  }
  if (parseMapSource(mapOver, node)) return [];
  const [name = ""] = mapOver.endsWith(".") ? [mapOver] : mapOver.split(".", 1);
  return [{ path: ["map_over"], message: undeclaredMessage(node, name) }];
}

function checkFallback(conf: WorkflowConf, node: NodeConf): Fault[] {
  const { name, fallback } = node;
  if (fallback === undefined) return [];
  const at = (message: string): Fault[] => [{ path: ["fallback"], message }];
  const others = conf.nodes.filter((other) => other.name !== name);
  const standIn = others.find((other) => other.name === fallback);
  if (fallback === name) return at(`node "${name}" cannot be its own fallback: name another node`);
  if (!standIn) {
    const hint = nameHint(
      fallback,
      others.map((other) => other.name),
    );
    return at(`no node named "${fallback}" in workflow "${conf.name}"${hint}`);
  }
  const first = conf.nodes.find((other) => other.fallback === fallback);
  if (first !== node) {
    return at(
      `node "${fallback}" already stands by for "${first?.name}": give "${name}" a fallback of its own`,
    );
  }
  if (standIn.dependencies.some((dependency) => dependency.name === name)) {
    return at(
      `node "${fallback}" depends on "${name}", whose output is missing when it has to stand in: take that dependency out, or name another node`,
    );
  }
  return [];
}

/** What may run several times must not change what it reads. */
function checkRepeatable(node: NodeConf): Fault[] {
  const changed = node.dependencies.find(({ mode }) => mode === DependencyMode.readWrite);
  if (!changed) return [];
  const remedy = `read it with mode "RO", or change it in a node of its own`;
  const faults: Fault[] = [];
  const at = (field: string, why: string): void => {
    const message = `node "${node.name}" changes the output of "${changed.name}" (mode "RW") and ${why}: ${remedy}`;
    faults.push({ path: [field], message });
  };
  if (node.mapOver !== undefined) at("map_over", "cannot run once per item, all at once");
  if ((node.retries ?? 0) > 0) at("retries", "cannot run again once it has failed halfway");
  if (node.fallback !== undefined)
    at("fallback", "may leave it half changed for its fallback and dependents");
  return faults;
}

function readableNames(node: NodeConf): string[] {
  return [startupOp, ...node.dependencies.map(({ name }) => name)];
}

function undeclaredMessage(node: NodeConf, name: string): string {
  const known = readableNames(node);
  const hint = nearestNameHint(name, known) || `; it may name ${quoteNames(known)}`;
  return `node "${node.name}" has no dependency on ${quoteValue(name)}${hint}`;
}
