import type { Call } from "../call.js";
import type { DagNode } from "../dag/plan-dag.js";
import type { ServeError } from "../serve-error.js";

/** One run of an Op somewhere else than on the event loop. */
export interface OpTask {
  /** URL of the module that exports the Op's class. */
  readonly module: string;
  /** Name conf has for the class. */
  readonly type: string;
  readonly node: DagNode;
  readonly workflow: string;
  /** The request message. */
  readonly request: unknown;
  /** Outputs of the node's dependencies by name, without the request; `data` of one that is absent is undefined. */
  readonly inputs: ReadonlyMap<string, OpInput>;
  /** Why the Op runs, when its node is the fallback of one that failed. */
  readonly failure: ServeError | undefined;
}

export interface OpInput {
  readonly data: unknown;
  /**
   * No other node reads this output any more, nor a trace. That says nothing of the memory under its tensors: it may be
   * shared with the request, with another output or with a model's outputs for other requests.
   */
  readonly isLastReader: boolean;
}

/** How a run ended. */
export interface OpOutcome {
  /** What `inference` returned: nothing or 0 for success, a positive code for no output, a negative one for failure. */
  readonly result: number | undefined;
  /** Undefined when the Op gave none. */
  readonly output: unknown;
}

/** Worker threads for Ops that compute. */
export interface OpPool {
  /**
   * Runs an Op once. What stops the call ends the wait, not the run.
   * @throws ServeError: what the Op threw, as it was when it is a ServeError; resourceExhausted when the queue is full;
   * opFailure when the worker died.
   */
  run(task: OpTask, call: Call): Promise<OpOutcome>;
}
