import {
  type Fault,
  type FieldPath,
  type KnownOpTypes,
  type NodeConf,
  validateWorkflow,
  type WorkflowConf,
} from "@paddlewheel/core";
import type { ConfContext } from "../files/conf-context.js";
import type { KnownNames } from "../known-names.js";
import type { Section } from "../schema/section.js";
import { NameTable } from "./name-table.js";
import type { ResolvedOpModules } from "./resolve-op-modules.js";

/** Nodes of one workflow at most. Checking a DAG is quadratic in them, and no request should run as many Ops. */
const maxNodes = 256;

export interface ResolvedWorkflows {
  readonly confs: readonly WorkflowConf[];
  readonly names: NameTable;
  /** Of `confs`, by index. */
  readonly sections: readonly Section[];
}

export interface WorkflowResolution {
  readonly context: ConfContext;
  readonly known: KnownNames;
  readonly opModules: ResolvedOpModules;
}

/** Resolves workflow.prototxt; `file` is undefined when it could not be read. */
export function resolveWorkflows(
  file: Section | undefined,
  resolution: WorkflowResolution,
): ResolvedWorkflows {
  const { findings } = resolution.context;
  const names = new NameTable("workflow", findings);
  const sections = file?.sections("workflows") ?? [];
  if (!file?.isWhole || sections.length === 0) names.markIncomplete();
  if (!file) return { confs: [], names, sections };
  if (file.isWhole && !file.mentions("workflows")) {
    findings.fault(file.placeOf("workflows"), "is missing, a server needs at least one workflow");
  }
  const opTypes = knownOpTypes(resolution);
  const confs = sections.map((section) => {
    names.claim(section);
    const conf = workflowConf(section);
    for (const fault of faultsOf(conf, section, opTypes)) {
      findings.fault(section.placeOfPath(fault.path), fault.message);
    }
    return conf;
  });
  return { confs, names, sections };
}

/** A module that is lost may have registered any Op, so none is called unknown then. */
function knownOpTypes({ known: { opTypes, isPartial }, opModules }: WorkflowResolution): KnownOpTypes {
  return {
    has: (type) => opTypes.has(type) || isPartial === true || !opModules.isComplete,
    types: () => opTypes.keys(),
    optionsOf: (type) => {
      const opType = opTypes.get(type);
      return opType?.config || opType?.createConfig ? opType : undefined;
    },
  };
}

function workflowConf(section: Section): WorkflowConf {
  return {
    name: section.string("name") ?? "",
    workflowType: section.string("workflow_type") ?? "",
    nodes: section.sections("nodes").map(nodeConf),
  };
}

/** A node as conf declares it. */
export function nodeConf(section: Section): NodeConf {
  return {
    name: section.string("name") ?? "",
    type: section.string("type") ?? "",
    dependencies: section.sections("dependencies").map((dependency) => ({
      name: dependency.string("name") ?? "",
      mode: dependency.string("mode") ?? "",
    })),
    address: section.strings("address").map(({ value }) => value),
    config: Object.fromEntries(section.map("config")),
    when: section.string("when"),
    mapOver: section.string("map_over"),
    mapConcurrency: section.number("map_concurrency"),
    fallback: section.string("fallback"),
    timeoutMs: section.number("timeout_ms"),
    retries: section.number("retries"),
    retryBackoffMs: section.number("retry_backoff_ms"),
  };
}

function faultsOf(conf: WorkflowConf, section: Section, opTypes: KnownOpTypes): readonly Fault[] {
  const { length } = conf.nodes;
  if (length > maxNodes) {
    return [{ path: ["nodes"], message: `has ${length} nodes, at most ${maxNodes} are allowed` }];
  }
  return validateWorkflow(conf, opTypes).filter(({ path }) => !isConsequence(section, path));
}

/** Whether a fault only follows from one that is already reported: something is absent, hidden or has no right value. */
function isConsequence(workflow: Section, path: FieldPath): boolean {
  if (isAbsent(workflow, path)) return true;
  const [top, index, field, , part] = path;
  const node = typeof index === "number" ? workflow.sections("nodes")[index] : undefined;
  if (!node) return top === "nodes" && !hasAllNodes(workflow);
  switch (field) {
    case "dependencies":
      return part === "name" && !hasAllNodes(workflow);
    case "fallback":
    case "when":
      return !hasAllNodes(workflow);
    case "map_over":
      return !hasAllNames(node, "dependencies");
    case "map_concurrency":
      return isLost(node, "map_over");
    default:
      return false;
  }
}

/** A node whose fallback is lost leaves another that seems to end the workflow. */
function hasAllNodes(workflow: Section): boolean {
  const nodes = workflow.sections("nodes");
  return hasAllNames(workflow, "nodes") && !nodes.some((node) => isLost(node, "fallback"));
}

function hasAllNames(section: Section, field: string): boolean {
  const isKnown = (named: Section) => named.isWhole && named.string("name") !== undefined;
  return section.isWhole && section.sections(field).every(isKnown);
}

function isLost(section: Section, field: string): boolean {
  return section.mentions(field) && section.string(field) === undefined;
}

function isAbsent(section: Section, path: FieldPath): boolean {
  const [field, index, ...rest] = path;
  if (typeof field !== "string") return false;
  if (typeof index !== "number") {
    return section.type.fields[field]?.required === true && section.entries(field).length === 0;
  }
  const nested = section.sections(field)[index];
  return nested !== undefined && isAbsent(nested, rest);
}
