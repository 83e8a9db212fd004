import type { ServeError, TensorMap } from "@paddlewheel/core";
import type { Allocate } from "../batch/merge-rows.js";
import type { BatchTrial, TrialOptions } from "../batch/try-batches.js";
import type { FailureRecord } from "./failure-record.js";

/** A run that came to its end; `worker` is the id of the thread, or of the process. */
export type CopyRun = {
  readonly worker: number;
  /** Time in the model alone. */
  readonly ms: number;
} & ({ readonly outputs: TensorMap } | { readonly failure: FailureRecord });

/** The copies of a model behind a line of requests. Two kinds: worker threads, and worker processes. */
export interface ModelCopies {
  /** Copies that can run. */
  readonly ready: number;
  /** Ids of the processes of the copies that can run; none of threads. */
  readonly pids: readonly number[];
  /** Where memory for merged inputs comes from. */
  readonly allocate: Allocate;

  /** Why a request with these inputs need not wait: nothing can run, or they are refused; undefined otherwise. */
  refusal(inputs: TensorMap): ServeError | undefined;

  /**
   * Runs the model on a copy that is free; the caller sees to it that there is one. `isOwned`: nobody needs the inputs
   * afterwards, and their memory came from `allocate`.
   * @throws ServeError when the worker ended before it answered.
   */
  run(inputs: TensorMap, isOwned: boolean): Promise<CopyRun>;

  /** Tries batches on one of the copies; nothing else may be under way. */
  tryBatches(options: Omit<TrialOptions, "model">): Promise<BatchTrial>;

  /** Ends the workers; the caller has waited for the runs. */
  close(): Promise<void>;
}
