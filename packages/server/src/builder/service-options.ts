import { resolve } from "node:path";
import {
  defaultMerger,
  type InferServiceConf,
  type MaxConcurrency,
  type Merger,
  parseRestfulMapping,
} from "@paddlewheel/core";
import type { OpGraph } from "./op-graph.js";

/** A service of a server: what answers, and the workflows that make the answer. */
export type ServiceOptions = ServiceBase & (WithWorkflows | WithWorkflowMap);

interface ServiceBase {
  /** Short name of the RPC service. Default `GeneralModelService`. */
  readonly name?: string;
  /** How the responses of several workflows become one: a merger, or the name of a registered one. Default `default`. */
  readonly merger?: Merger | string;
  /** Run the workflows side by side. Default one after the other. */
  readonly isParallel?: boolean;
  /** Name under which `POST /{name}/prediction` reaches the service. Default none. */
  readonly webService?: string;
  /** For a service with message types of its own: a .proto file, and the service in it when it has several. */
  readonly proto?: { readonly file: string; readonly service?: string };
  /** Calls of each method that may be at work at once. Default 0, no limit. */
  readonly maxConcurrency?: MaxConcurrency;
  /** The same by name of the method, for those that are to differ. */
  readonly methodMaxConcurrency?: Readonly<Record<string, MaxConcurrency>>;
  /**
   * Paths that reach its methods over HTTP, `"/v1/predict/* => inference"`: the last or an inner segment may be `*`,
   * which stands for any number of segments. Default none.
   */
  readonly restfulMappings?: readonly string[];
  /** Whether `/{name}/{method}` answers too where there are mappings. Default false, as in brpc. */
  readonly allowDefaultUrl?: boolean;
}

interface WithWorkflows {
  /** Of every request, in order. */
  readonly workflows: readonly OpGraph[];
  readonly workflowMap?: never;
}

interface WithWorkflowMap {
  readonly workflows?: never;
  /** A string field of the request picks the workflows. */
  readonly workflowMap: {
    readonly requestField: string;
    /** By value of the field. */
    readonly workflows: Readonly<Record<string, readonly OpGraph[]>>;
  };
}

const defaultServiceName = "GeneralModelService";

/** The service as conf has it. */
export function serviceConf(options: ServiceOptions): InferServiceConf {
  const { merger = defaultMerger.name, workflows = [], workflowMap: map, proto } = options;
  const { maxConcurrency, methodMaxConcurrency: ofMethods } = options;
  const { restfulMappings, allowDefaultUrl = false } = options;
  return {
    name: options.name ?? defaultServiceName,
    merger: typeof merger === "string" ? merger : merger.name,
    workflows: namesOf(workflows),
    workflowMap: map && {
      requestField: map.requestField,
      workflows: new Map(Object.entries(map.workflows).map(([value, graphs]) => [value, namesOf(graphs)])),
    },
    isParallel: options.isParallel ?? false,
    webService: options.webService,
    proto: proto && { file: resolve(proto.file), service: proto.service },
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...(ofMethods ? { methodMaxConcurrency: new Map(Object.entries(ofMethods)) } : {}),
    restful: restfulMappings && { mappings: restfulMappings.map(parseRestfulMapping), allowDefaultUrl },
  };
}

/** All workflows of a service, in the order it names them. */
export function graphsOf({ workflows = [], workflowMap }: ServiceOptions): readonly OpGraph[] {
  return [...workflows, ...Object.values(workflowMap?.workflows ?? {}).flat()];
}

function namesOf(graphs: readonly OpGraph[]): readonly string[] {
  return graphs.map(({ conf }) => conf.name);
}
