import type { LoadPlan } from "../load/load-job.js";
import type { MeasuredWindow } from "../measure/measured-window.js";
import type { SuiteName } from "../run/bench-case.js";
import type { Workload } from "../workloads/workload.js";

export const protocolNames = ["grpc", "baidu_std"] as const;
export type ProtocolName = (typeof protocolNames)[number];

/** Something that answers inference requests, or asks for them, and is compared with others. */
export interface Contender {
  /** As the command line names it. */
  readonly key: string;
  /** As the table names it. */
  readonly title: string;
  /** Undefined for one without a network. */
  readonly protocol: ProtocolName | undefined;
  /** Those it takes part in: it can start on their workloads. */
  readonly suites: readonly SuiteName[];
  /** Starts it on a workload and waits until it gives a right answer. */
  start(workload: Workload): Promise<RunningContender>;
}

export interface RunningContender {
  /** Loads it for one warm-up and one window. */
  measure(plan: LoadPlan): Promise<MeasuredWindow>;
  stop(): Promise<void>;
}
