import type { LoadPlan } from "../load/load-job.js";
import type { MeasuredWindow } from "../measure/measured-window.js";
import type { PreparedModel } from "../models/prepared-model.js";

/** Something that answers inference requests and is compared with others. */
export interface Contender {
  /** As the command line names it. */
  readonly key: string;
  /** As the table names it. */
  readonly title: string;
  /** Starts it on a model and waits until it gives a right answer. */
  start(model: PreparedModel): Promise<RunningContender>;
}

export interface RunningContender {
  /** Loads it for one warm-up and one window. */
  measure(plan: LoadPlan): Promise<MeasuredWindow>;
  stop(): Promise<void>;
}
