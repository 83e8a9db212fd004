import type { ServeError, TensorMap } from "@paddlewheel/core";
import type { Allocate } from "../batch/merge-rows.js";
import type { BatchTrial, TrialOptions } from "../batch/try-batches.js";
import type { FailureRecord } from "./failure-record.js";
import type { RunTicket } from "./run-ticket.js";

/** A run that came to its end; `worker` is the id of the thread, or of the process. */
export type CopyRun = {
  readonly worker: number;
  /** Time in the model alone. */
  readonly ms: number;
} & ({ readonly outputs: TensorMap } | { readonly failure: FailureRecord });

/** One run for a copy to do. */
export interface RunRequest {
  readonly inputs: TensorMap;
  /** Nobody needs the inputs afterwards, and their memory came from `allocate`. */
  readonly isOwned: boolean;
  /** Of a run that may wait in a worker for the one before it. */
  readonly ticket: RunTicket | undefined;
  /** Called once, when a copy begins with it; not when it ends before. */
  readonly onBegin: () => void;
}

/** The copies of a model behind a line of requests. Two kinds: worker threads, and worker processes. */
export interface ModelCopies {
  /** Copies that can run. */
  readonly ready: number;
  /** Runs that may be handed over when no copy is free, each to begin when one of them is done. */
  readonly ahead: number;
  /** Ids of the processes of the copies that can run; none of threads. */
  readonly pids: readonly number[];
  /** Where memory for merged inputs comes from. */
  readonly allocate: Allocate;

  /** Why a request with these inputs need not wait: nothing can run, or they are refused; undefined otherwise. */
  refusal(inputs: TensorMap): ServeError | undefined;

  /**
   * Runs the model on a copy that is free; the caller sees to it that there is one, unless the run has a ticket.
   * @throws ServeError when the worker ended before it answered; RunNotBegun when it was taken back, or its worker ended
   * before it began.
   */
  run(request: RunRequest): Promise<CopyRun>;

  /** Tries batches on one of the copies; nothing else may be under way. */
  tryBatches(options: Omit<TrialOptions, "model">): Promise<BatchTrial>;

  /** Ends the workers; the caller has waited for the runs. */
  close(): Promise<void>;
}
