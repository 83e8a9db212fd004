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
  /**
   * Run only when this condition on outputs of other nodes, dependencies or not, or on `startup_op` holds, see
   * `parseCondition`. What it names runs first. Else the node is skipped: its output is absent, and its dependents run
   * and see that. A request whose last node is skipped fails, for want of a response; a fallback whose condition does
   * not hold hands on the failure.
   */
  readonly when?: string | undefined;
  /**
   * Run once for each item of this: `dependency` for the elements of its output or, of a GeneralBlob, the rows of its
   * tensors; `dependency.field` for a list in it, or the rows of one tensor. The item takes the dependency's place for
   * the run (of `startup_op`, the request's). Outputs are gathered in the order of the items: blobs as one blob of all
   * rows, anything else as a list, undefined where a run gave none. At most 10,000 items; the first that fails stops the
   * others and fails the node. Nothing to map over (an absent dependency, a blob without rows) gives no output.
   */
  readonly mapOver?: string | undefined;
  /** Items of a map at work at once, 1 to 256. Default 16. */
  readonly mapConcurrency?: number | undefined;
  /**
   * Node that stands by: it runs only when this one has failed, after its retries, and its output takes this one's place
   * for all that depend on this one. It serves one node, may have a fallback itself, and is no dependency of any node.
   * It is not called for a call that has stopped, nor when the request is at fault (invalidArgument, malformedRequest,
   * messageTooLarge, permissionDenied, unauthenticated).
   */
  readonly fallback?: string | undefined;
  /**
   * Time one run of the Op may take, in milliseconds, 1 to 86,400,000: each attempt and each item has its own. As long
   * as the call when not given. Its Op is told by its call; what it does later goes nowhere.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Runs of the Op after the first, 0 to 10, of each item by itself in a map. Only for failures another run may mend:
   * unavailable, resourceExhausted, internal, opFailure, deadlineExceeded of the run itself. Default 0.
   */
  readonly retries?: number | undefined;
  /**
   * Wait before each of those, in milliseconds, 0 to 60,000. A wait that would end after the call's deadline fails the
   * node at once. Default 0.
   */
  readonly retryBackoffMs?: number | undefined;
}

export interface DependencyConf {
  readonly name: string;
  readonly mode: string;
}
