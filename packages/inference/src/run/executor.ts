import type { Call, Clock, ServeError, TensorMap, VarSignature } from "@paddlewheel/core";
import type { ArrivalWatch } from "../batch/arrival-watch.js";
import type { LineLimits } from "../batch/plan-admission.js";
import type { BatchConf, BatchingChoice } from "../batch/plan-batching.js";
import type { Findings } from "../cache/findings.js";
import type { CipherKey } from "../encrypt/cipher-key.js";
import type { RunObserver } from "../engine/engine-metrics.js";
import type { CoreSource, LoadReport } from "./load-core.js";
import type { RunSpans } from "./run-spans.js";

/** Where the runs of one model version take place. Two kinds: on this thread, or on a pool of workers. */
export interface Executor {
  readonly report: LoadReport;
  /** How requests become runs, and why so. */
  readonly batching: BatchingChoice;
  /** Copies of the model that can run now. */
  readonly copies: number;
  /** Ids of the processes of these copies; none where they run in this process. */
  readonly pids: readonly number[];
  readonly waiting: number;
  readonly running: number;

  /**
   * Runs checked inputs; `spans` is told when it waits, starts and ends.
   * @throws ServeError resourceExhausted, unavailable, deadlineExceeded, or what stopped the call; RunFailure when the
   * model failed.
   */
  run(inputs: TensorMap, call?: Call, spans?: RunSpans): Promise<TensorMap>;

  /** Why a run would be refused now, whatever its inputs; undefined when it may not be. Counts as refused. */
  refusal(call?: Call): ServeError | undefined;

  /** Takes no new runs, waits for those there are, gives the model back. Idempotent. */
  close(): Promise<void>;
}

export interface ExecutorOptions {
  /** Name of the engine, for messages. */
  readonly engine: string;
  readonly source: CoreSource;
  /** Of an encrypted model; each copy gets one of its own, and wipes it. */
  readonly key?: CipherKey | undefined;
  /** What earlier starts found out about the model, where it is prepared. */
  readonly findings?: Findings | undefined;
  readonly batch: BatchConf;
  readonly limits: LineLimits;
  readonly clock: Clock;
  readonly observer: RunObserver;
  /** Told who comes to the engines of this process; nobody by default. */
  readonly arrivals?: ArrivalWatch | undefined;
}

/** Rows of a run: the first axis of its first input that has a free one, or of its first. */
export function countRows(inputs: readonly VarSignature[], tensors: TensorMap): number {
  const counted = inputs.find(({ shape }) => typeof shape[0] === "string") ?? inputs[0];
  return (counted && tensors.get(counted.name)?.shape[0]) ?? 1;
}
