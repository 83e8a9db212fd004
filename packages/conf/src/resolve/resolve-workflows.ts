import {
  type Fault,
  type FieldPath,
  type KnownOpTypes,
  type NodeConf,
  validateWorkflow,
  type WorkflowConf,
} from "@paddlewheel/core";
import type { Findings } from "../diagnostic.js";
import type { KnownNames } from "../known-names.js";
import type { Section } from "../schema/section.js";
import { NameTable } from "./name-table.js";

/** Nodes of one workflow at most. Checking a DAG is quadratic in them, and no request should run as many Ops. */
const maxNodes = 256;

export interface ResolvedWorkflows {
  readonly confs: readonly WorkflowConf[];
  readonly names: NameTable;
  /** Of `confs`, by index. */
  readonly sections: readonly Section[];
}

/** Resolves workflow.prototxt; `file` is undefined when it could not be read. */
export function resolveWorkflows(
  file: Section | undefined,
  { findings, known }: { readonly findings: Findings; readonly known: KnownNames },
): ResolvedWorkflows {
  const names = new NameTable("workflow", findings);
  const sections = file?.sections("workflows") ?? [];
  if (!file?.isWhole || sections.length === 0) names.markIncomplete();
  if (!file) return { confs: [], names, sections };
  if (file.isWhole && !file.mentions("workflows")) {
    findings.fault(file.placeOf("workflows"), "is missing, a server needs at least one workflow");
  }
  const opTypes: KnownOpTypes = {
    has: (type) => known.opTypes.has(type),
    types: () => known.opTypes.keys(),
    configOf: (type) => known.opTypes.get(type)?.config,
  };
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

function workflowConf(section: Section): WorkflowConf {
  return {
    name: section.string("name") ?? "",
    workflowType: section.string("workflow_type") ?? "",
    nodes: section.sections("nodes").map(nodeConf),
  };
}

function nodeConf(section: Section): NodeConf {
  return {
    name: section.string("name") ?? "",
    type: section.string("type") ?? "",
    dependencies: section.sections("dependencies").map((dependency) => ({
      name: dependency.string("name") ?? "",
      mode: dependency.string("mode") ?? "",
    })),
    address: section.strings("address").map(({ value }) => value),
    config: Object.fromEntries(section.map("config")),
  };
}

function faultsOf(conf: WorkflowConf, section: Section, opTypes: KnownOpTypes): readonly Fault[] {
  const { length } = conf.nodes;
  if (length > maxNodes) {
    return [{ path: ["nodes"], message: `has ${length} nodes, at most ${maxNodes} are allowed` }];
  }
  return validateWorkflow(conf, opTypes).filter(({ path }) => !isConsequence(section, path));
}

/** Whether a fault only follows from one that is already reported: a required field is absent, or hidden. */
function isConsequence(workflow: Section, path: FieldPath): boolean {
  const isNameOfDependency = path[2] === "dependencies" && path[4] === "name";
  const isShape = path.length === 1 && path[0] === "nodes";
  if ((isNameOfDependency || isShape) && !hasAllNodes(workflow)) return true;
  return isAbsent(workflow, path);
}

function hasAllNodes(workflow: Section): boolean {
  const isKnown = (node: Section) => node.isWhole && node.string("name") !== undefined;
  return workflow.isWhole && workflow.sections("nodes").every(isKnown);
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
