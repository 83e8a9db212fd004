import type { ReadOutput } from "./read-field-path.js";

/** When a node of a workflow runs; made by `parseCondition`. */
export interface Condition {
  /** As written. */
  readonly text: string;
  /** Names of the nodes it reads, each once, as they first occur; `startup_op` is the request. */
  readonly dependencies: readonly string[];
  /**
   * Whether it holds now. Reads nothing that the sides before `and` and `or` made unnecessary.
   * @throws ServeError when an output has not what is read, or has it in another type: invalidArgument when it is the
   * request, opFailure when it is an Op's. The message names the path.
   */
  holds(output: ReadOutput): boolean;
}
