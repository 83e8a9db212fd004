import type { MeasuredWindow } from "../measure/measured-window.js";
import type { CheckedRequest } from "../workloads/workload.js";
import type { CallTarget } from "./caller.js";
import type { CallerName } from "./callers.js";

/** How hard and how long to load a contender. */
export interface LoadPlan {
  readonly connections: number;
  readonly inFlight: number;
  readonly warmupMs: number;
  readonly windowMs: number;
}

/** What the loader process is told. */
export interface LoadJob {
  readonly target: CallTarget;
  readonly caller: CallerName;
  /** The process whose tree is measured; undefined for the loader itself. */
  readonly measuredPid: number | undefined;
  readonly requests: readonly CheckedRequest[];
  readonly plan: LoadPlan;
}

/** What a measuring process answers to its job. */
export type LoadOutcome = { readonly window: MeasuredWindow } | { readonly failure: string };
