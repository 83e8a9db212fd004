import {
  type InferServiceConf,
  type MaxConcurrency,
  nameHint,
  nearestNameHint,
  parseMaxConcurrency,
  type WorkflowMap,
} from "@paddlewheel/core";
import type { Findings, Place } from "../diagnostic.js";
import type { ConfContext } from "../files/conf-context.js";
import type { KnownNames } from "../known-names.js";
import type { Section } from "../schema/section.js";
import { NameTable } from "./name-table.js";
import { resolveProto } from "./resolve-proto.js";
import { resolveRestful } from "./resolve-restful.js";

export interface ServiceResolution {
  readonly known: KnownNames;
  readonly context: ConfContext;
  readonly workflows: NameTable;
  /** Of services that do not say `parallel`. */
  readonly parallelServices: boolean;
}

/** Compat: the merger of Paddle Serving when conf names none; it appends repeated fields and overwrites the others. */
export const defaultMerger = "default";

/** Resolves infer_service.prototxt; `file` is undefined when it could not be read. */
export function resolveServices(
  file: Section | undefined,
  resolution: ServiceResolution,
): readonly InferServiceConf[] {
  if (!file) return [];
  const { findings } = resolution.context;
  if (file.isWhole && !file.mentions("services")) {
    findings.fault(file.placeOf("services"), "is missing, a server needs at least one service");
  }
  const names = new NameTable("service", findings, "one service takes several workflows");
  const webServices = new Set<string>();
  const paths = new Set<string>();
  return file.sections("services").map((section) => {
    names.claim(section);
    checkWebService(section, webServices, findings);
    return { ...resolveService(section, resolution), restful: resolveRestful(section, paths, findings) };
  });
}

function resolveService(section: Section, resolution: ServiceResolution): InferServiceConf {
  if (!section.mentions("proto_file")) checkKnown(section, "name", resolution);
  checkKnown(section, "merger", resolution);
  const isMapped = section.bool("enable_map_request_to_workflow") ?? false;
  return {
    name: section.string("name") ?? "",
    merger: section.string("merger") ?? defaultMerger,
    workflows: isMapped ? [] : resolveUnmapped(section, resolution),
    workflowMap: isMapped ? resolveMapped(section, resolution) : undefined,
    isParallel: section.bool("parallel") ?? resolution.parallelServices,
    webService: section.string("web_service"),
    proto: resolveProto(section, resolution.context),
    ...resolveLimits(section, resolution.context.findings),
  };
}

function resolveUnmapped(section: Section, resolution: ServiceResolution): readonly string[] {
  const { findings } = resolution.context;
  for (const field of ["request_field_key", "value_mapped_workflows"]) {
    if (!section.mentions(field)) continue;
    const message = "has no effect unless enable_map_request_to_workflow is true";
    findings.warn(section.placeOf(field), message);
  }
  const workflows = section.strings("workflows");
  if (section.isWhole && !section.mentions("workflows")) {
    findings.fault(section.placeOf("workflows"), "is missing, name at least one workflow");
  }
  for (const { value, place } of workflows) checkWorkflow(value, place, resolution);
  return workflows.map(({ value }) => value);
}

function resolveMapped(section: Section, resolution: ServiceResolution): WorkflowMap {
  const { findings } = resolution.context;
  if (section.mentions("workflows")) {
    const message =
      "has no effect while enable_map_request_to_workflow is true: a field of the request picks them";
    findings.warn(section.placeOf("workflows"), message);
  }
  if (section.isWhole) {
    for (const [field, what] of [
      ["request_field_key", "name the string field of the request that picks the workflows"],
      ["value_mapped_workflows", "say which value of the field picks which workflows"],
    ] as const) {
      if (!section.mentions(field)) findings.fault(section.placeOf(field), `is missing: ${what}`);
    }
  }
  const workflows = new Map<string, readonly string[]>();
  for (const mapped of section.sections("value_mapped_workflows")) {
    const value = mapped.string("request_field_value");
    const names = resolveList(mapped, resolution);
    if (value === undefined) continue;
    if (workflows.has(value)) {
      findings.fault(
        mapped.placeOf("request_field_value"),
        `the value "${value}" is already mapped: name all its workflows there`,
      );
    }
    workflows.set(value, names);
  }
  return { requestField: section.string("request_field_key") ?? "", workflows };
}

/** `workflow: "w1, w2"` */
function resolveList(mapped: Section, resolution: ServiceResolution): readonly string[] {
  const text = mapped.string("workflow");
  if (text === undefined) return [];
  const place = mapped.placeOf("workflow");
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) {
    const message = `must be names of workflows with commas between them, not ${JSON.stringify(text.slice(0, 128))}`;
    resolution.context.findings.fault(place, message);
  } else {
    for (const name of names) checkWorkflow(name, place, resolution);
  }
  return names;
}

function checkWorkflow(name: string, place: Place, { workflows, context }: ServiceResolution): void {
  const fault = workflows.faultOf(name);
  if (fault !== undefined) context.findings.fault(place, fault);
}

function checkKnown(section: Section, field: "name" | "merger", resolution: ServiceResolution): void {
  const { known, context } = resolution;
  const name = section.string(field);
  const names = field === "name" ? known.services : known.mergers;
  if (name === undefined || known.isPartial || names.has(name)) return;
  const message =
    field === "name" ? unknownService(name, names) : `no merger named "${name}"${nameHint(name, names)}`;
  context.findings.fault(section.placeOf(field), message);
}

function unknownService(name: string, known: ReadonlySet<string>): string {
  const hint = nearestNameHint(name, known) || ": for one of your own name its .proto in proto_file";
  return `no service named "${name}"${hint}`;
}

function resolveLimits(
  section: Section,
  findings: Findings,
): Pick<InferServiceConf, "maxConcurrency" | "methodMaxConcurrency"> {
  const maxConcurrency = parseMaxConcurrency(section.string("max_concurrency") ?? "");
  const methodMaxConcurrency = resolveMethodLimits(section, findings);
  return {
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...(methodMaxConcurrency.size === 0 ? {} : { methodMaxConcurrency }),
  };
}

function resolveMethodLimits(section: Section, findings: Findings): ReadonlyMap<string, MaxConcurrency> {
  const limits = new Map<string, MaxConcurrency>();
  for (const one of section.sections("method_max_concurrency")) {
    const method = one.string("method");
    const limit = parseMaxConcurrency(one.string("limit") ?? "");
    if (method === undefined || limit === undefined) continue;
    if (limits.has(method)) {
      findings.fault(one.placeOf("method"), `the method "${method}" has a limit already`);
    }
    limits.set(method, limit);
  }
  return limits;
}

function checkWebService(section: Section, taken: Set<string>, findings: Findings): void {
  const name = section.string("web_service");
  if (name === undefined) return;
  if (taken.has(name)) {
    const message = `"${name}" is already the web service of another service: choose another name`;
    findings.fault(section.placeOf("web_service"), message);
  }
  taken.add(name);
}
