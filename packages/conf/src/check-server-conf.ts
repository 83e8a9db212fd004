import { join } from "node:path";
import {
  Code,
  type EngineConf,
  engineNameOf,
  type FieldPath,
  formatFieldPath,
  type InferServiceConf,
  ServeError,
  type WorkflowConf,
} from "@paddlewheel/core";
import { type Diagnostic, type Findings, formatDiagnostic, type Place } from "./diagnostic.js";
import {
  type ConfContext,
  type ConfSetOptions,
  createContext,
  displayPath,
  readConfFile,
} from "./files/conf-context.js";
import { findConfFile, readSetFile } from "./files/find-conf-file.js";
import type { KnownNames, KnownOpType } from "./known-names.js";
import type { NameTable } from "./resolve/name-table.js";
import { resolveEngines } from "./resolve/resolve-engines.js";
import { resolveOpModules } from "./resolve/resolve-op-modules.js";
import { resolveResource } from "./resolve/resolve-resource.js";
import { resolveServices } from "./resolve/resolve-services.js";
import { nodeConf, type ResolvedWorkflows, resolveWorkflows } from "./resolve/resolve-workflows.js";
import type { Section } from "./schema/section.js";

/** Everything a server needs to know to start, defaults filled in; paths are absolute. */
export interface ServerConf {
  /** Port that the conf set asks for, over any flag; undefined when it leaves that open. */
  readonly port: number | undefined;
  readonly services: readonly InferServiceConf[];
  readonly workflows: readonly WorkflowConf[];
  readonly engines: readonly EngineConf[];
  /** Modules that register Ops, imported before this conf was checked: absolute paths, and names of packages. */
  readonly opModules: readonly string[];
}

export interface ConfReport {
  /** Undefined when there are faults. */
  readonly conf: ServerConf | undefined;
  readonly faults: readonly Diagnostic[];
  /** What is read but will not mean what its author may think, and older names with their new form. */
  readonly warnings: readonly Diagnostic[];
}

/** What `checkServerConf` found, and where things stand in the files. */
export interface ServerConfReport extends ConfReport {
  /** Place of a path like `["services", 0, "proto_file"]`, for faults that show only later. */
  readonly placeOf: (path: FieldPath) => Place;
}

export interface ServerConfOptions extends ConfSetOptions {
  readonly known: KnownNames;
  /**
   * Whether services that do not say `parallel` are. Default false.
   * Source: Paddle Serving's flag `use_parallel_infer_service`.
   */
  readonly parallelServices?: boolean;
}

/** Reads a conf set and reports everything that is wrong with it. Never throws for bad conf. */
export function checkServerConf(options: ServerConfOptions): ServerConfReport {
  const context = createContext(options);
  const { findings } = context;
  const { conf, placeOf } = readConfSet(context, options);
  return {
    conf: findings.hasFaults ? undefined : conf,
    faults: findings.faults,
    placeOf,
    warnings: findings.warnings,
  };
}

/**
 * Reads a conf set.
 * @throws ServeError invalidConf with one line for each fault.
 */
export function loadServerConf(options: ServerConfOptions): {
  readonly conf: ServerConf;
  readonly warnings: readonly Diagnostic[];
} {
  const { conf, faults, warnings } = checkServerConf(options);
  if (!conf) throw new ServeError(Code.invalidConf, faults.map(formatDiagnostic).join("\n"));
  return { conf, warnings };
}

function readConfSet(
  context: ConfContext,
  { known, parallelServices = false }: ServerConfOptions,
): { readonly conf: ServerConf; readonly placeOf: ServerConfReport["placeOf"] } {
  const serviceFile = readServiceFile(context);
  const workflowFile = readSetFile(context, "workflow", "WorkflowConf");
  const opModules = resolveOpModules(workflowFile, context);
  const workflows = resolveWorkflows(workflowFile, { context, known, opModules });
  const services = resolveServices(serviceFile, {
    known,
    context,
    workflows: workflows.names,
    parallelServices,
  });
  const engines = readEngines(context, workflows, known);
  const conf: ServerConf = {
    // Compat: 0 leaves the port to the flag.
    port: serviceFile?.number("port") || undefined,
    services,
    workflows: workflows.confs,
    engines,
    opModules: opModules.modules.map(({ specifier }) => specifier),
  };
  const placeOf = (path: FieldPath): Place => {
    const file = path[0] === "workflows" ? workflowFile : serviceFile;
    return file?.placeOfPath(path) ?? { file: context.dir, line: 0, field: formatFieldPath(path) };
  };
  return { conf, placeOf };
}

/** Compat: infer_service.prototxt was called service.prototxt, and still is in the documents. */
function readServiceFile(context: ConfContext): Section | undefined {
  const path = findConfFile(context, context.dir, "infer_service");
  const old = findConfFile(context, context.dir, "service");
  const { cwd, findings } = context;
  if (old !== undefined) {
    const place = { file: displayPath(cwd, old), line: 0, field: "" };
    const message =
      path === undefined
        ? `"service" is an older name: call it infer_service${old.slice(old.lastIndexOf("."))}`
        : `is not read, as ${displayPath(cwd, path)} stands beside it`;
    findings.warn(place, message);
  }
  return readConfFile(
    context,
    path ?? old ?? join(context.dir, "infer_service.prototxt"),
    "InferServiceConf",
  );
}

/** A conf set whose Ops run no model needs no resource file. */
function readEngines(
  context: ConfContext,
  workflows: ResolvedWorkflows,
  known: KnownNames,
): readonly EngineConf[] {
  const needs = nodesThatNeedEngines(workflows, known);
  const path = findConfFile(context, context.dir, "resource");
  if (path === undefined && needs.length === 0) return [];
  const file = readConfFile(context, path ?? join(context.dir, "resource.prototxt"), "ResourceConf");
  if (!file) return [];
  const references = resolveResource(file, context.findings);
  const engines = resolveEngines(references, context, known);
  if (file.isWhole && references.length > 0) {
    for (const need of needs) checkEngineOf(need, engines.names, context.findings);
  } else if (file.isWhole && needs.length > 0 && !file.mentions("model_toolkit_file")) {
    const message = "is missing, name at least one file: there are nodes that run an engine";
    context.findings.fault(file.placeOf("model_toolkit_file"), message);
  }
  return engines.confs;
}

/** A node that runs an engine. */
interface EngineNeed {
  readonly node: Section;
  readonly opType: KnownOpType;
}

function nodesThatNeedEngines(
  { sections }: ResolvedWorkflows,
  { opTypes }: KnownNames,
): readonly EngineNeed[] {
  return sections
    .flatMap((workflow) => workflow.sections("nodes"))
    .flatMap((node) => {
      const opType = opTypes.get(node.string("type") ?? "");
      return opType?.needsEngine ? [{ node, opType }] : [];
    });
}

function checkEngineOf({ node, opType }: EngineNeed, engines: NameTable, findings: Findings): void {
  const name = node.string("name");
  if (name === undefined) return;
  const engine = engineNameOf(nodeConf(node), opType);
  const fault = engine === undefined ? undefined : engines.faultOf(engine);
  if (fault === undefined) return;
  const { engineOption } = opType;
  const source = engineOption === undefined ? "of its node's name" : `its option "${engineOption}" names`;
  findings.fault(node.placeOf("name"), `${node.string("type")} runs the engine ${source}: ${fault}`);
}
