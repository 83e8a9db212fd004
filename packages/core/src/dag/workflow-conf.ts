/** How the nodes of a workflow are run. */
export const WorkflowType = { sequence: "Sequence", parallel: "Parallel" } as const;
export type WorkflowType = (typeof WorkflowType)[keyof typeof WorkflowType];

/** What a node may do with a dependency's output: read it, or change it as well. */
export const DependencyMode = { readOnly: "RO", readWrite: "RW" } as const;
export type DependencyMode = (typeof DependencyMode)[keyof typeof DependencyMode];

/** Name of the node that every workflow has without saying so: the request. */
export const startupOp = "startup_op";

/** As written in conf; `planDag` tells whether it makes sense. Source: Paddle Serving server_configure.proto. */
export interface WorkflowConf {
  readonly name: string;
  readonly workflowType: string;
  readonly nodes: readonly NodeConf[];
}

export interface NodeConf {
  readonly name: string;
  /** Name of a registered Op class. */
  readonly type: string;
  readonly dependencies: readonly DependencyConf[];
  /** Peers of Ops that call other servers, `host:port` each. */
  readonly address: readonly string[];
  /** Options of this Op type, as text or as the YAML value; the Op's config schema reads them. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Run only when this condition on outputs of dependencies holds; the output is absent otherwise. */
  readonly when?: string | undefined;
  /**
   * Run once for each item of this: `dependency` for the rows of its tensors, `dependency.field` for a list of it. The
   * outputs are gathered in the order of the items.
   */
  readonly mapOver?: string | undefined;
  /** Items of a map at work at once. */
  readonly mapConcurrency?: number | undefined;
  /** Node that gives this one's output when it fails or takes too long. */
  readonly fallback?: string | undefined;
  /** Time one run of the Op may take, in milliseconds; as long as the call when not given. */
  readonly timeoutMs?: number | undefined;
  /** Runs after the first, when that failed in a way another may not. Default 0. */
  readonly retries?: number | undefined;
  /** Wait before each of those, in milliseconds. Default 0. */
  readonly retryBackoffMs?: number | undefined;
}

export interface DependencyConf {
  readonly name: string;
  readonly mode: string;
}
