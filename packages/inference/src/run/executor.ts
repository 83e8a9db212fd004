import type { Call, Clock, TensorMap, VarSignature } from "@paddlewheel/core";
import type { RunObserver } from "../engine/engine-metrics.js";
import type { CoreSource, LoadReport } from "./load-core.js";
import type { RunSpans } from "./run-spans.js";

/** Where the runs of one model version take place. Two kinds: on this thread, or on a pool of worker threads. */
export interface Executor {
  readonly report: LoadReport;
  /** Copies of the model that can run now. */
  readonly copies: number;
  /** Rows that one run of the model may be merged from; 1 when runs are not merged. */
  readonly maxBatchRows: number;
  readonly waiting: number;
  readonly running: number;

  /**
   * Runs checked inputs; `spans` is told when it waits, starts and ends.
   * @throws ServeError resourceExhausted, unavailable, or what stopped the call; RunFailure when the model failed.
   */
  run(inputs: TensorMap, call?: Call, spans?: RunSpans): Promise<TensorMap>;

  /** Takes no new runs, waits for those there are, gives the model back. Idempotent. */
  close(): Promise<void>;
}

export interface ExecutorOptions {
  /** Name of the engine, for messages. */
  readonly engine: string;
  readonly source: CoreSource;
  readonly maxQueueSize: number;
  /** Rows that runs may be merged to, where the model and the kind of executor allow it. */
  readonly maxBatchRows: number;
  readonly clock: Clock;
  readonly observer: RunObserver;
}

/** Rows of a run: the first axis of its first input. */
export function rowsOf([first]: readonly VarSignature[], inputs: TensorMap): number {
  return (first && inputs.get(first.name)?.shape[0]) ?? 1;
}
