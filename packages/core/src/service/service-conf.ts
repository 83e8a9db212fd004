import type { MaxConcurrency } from "./max-concurrency.js";
import type { RestfulPaths } from "./restful-mapping.js";

/** An InferService as conf declares it, defaults filled in. Source: Paddle Serving server_configure.proto. */
export interface InferServiceConf {
  /** Short name of the RPC service it answers, e.g. `GeneralModelService`. */
  readonly name: string;
  /** Name of a registered merger. */
  readonly merger: string;
  /** Workflows of every request, in order; unused when requests are mapped. */
  readonly workflows: readonly string[];
  /** Set when a string field of the request picks the workflows. */
  readonly workflowMap: WorkflowMap | undefined;
  /** Run the workflows side by side instead of one after the other. */
  readonly isParallel: boolean;
  /** Name under which `POST /{name}/prediction` reaches this service; undefined for none. */
  readonly webService: string | undefined;
  /** Paths over HTTP beside, or instead of, `/{name}/{method}`; undefined for none. */
  readonly restful?: RestfulPaths | undefined;
  /**
   * Where its message types are when they are its own: an absolute path of a .proto file, and the full name of the
   * service in it, undefined for the only one. Undefined for a service the program knows.
   */
  readonly proto?: { readonly file: string; readonly service: string | undefined } | undefined;
  /** Calls of each of its methods that may be at work at once; undefined for no limit. */
  readonly maxConcurrency?: MaxConcurrency | undefined;
  /** The same by name, for methods that are to differ. */
  readonly methodMaxConcurrency?: ReadonlyMap<string, MaxConcurrency> | undefined;
}

export interface WorkflowMap {
  /** Name of the string field of the request message. */
  readonly requestField: string;
  /** Field value → names of workflows, run in order. */
  readonly workflows: ReadonlyMap<string, readonly string[]>;
}
