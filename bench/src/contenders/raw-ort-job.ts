import type { LoadPlan } from "../load/load-job.js";
import type { PreparedModel } from "../models/prepared-model.js";

/** What the process is told first, once. */
export interface RawOrtStart {
  readonly kind: "start";
  readonly model: PreparedModel;
}

/** What it is told for each round; it answers with a LoadOutcome. */
export interface RawOrtMeasure {
  readonly kind: "measure";
  readonly plan: LoadPlan;
}

/** What a worker is given when it is made. */
export interface RawOrtWorkerData {
  readonly model: PreparedModel;
  /** One Int32 that all threads see, a RawOrtPhase. */
  readonly phase: Int32Array;
}

/** A worker inside a run hears no message, so the phase of a round is told through shared memory. */
export const RawOrtPhase = { idle: 0, warmup: 1, window: 2 } as const;

/** What a worker reports once a round is over. */
export interface RawOrtReport {
  /** Latencies within the window, as `LatencyHistogram.toCounts()`. */
  readonly latencies: Uint32Array;
  readonly errors: number;
  readonly errorSamples: readonly string[];
}
