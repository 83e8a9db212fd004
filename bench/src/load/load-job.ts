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

/** How many requests come, and for how long, whatever becomes of them. */
export interface OpenLoadPlan {
  readonly connections: number;
  /** Requests per second. */
  readonly rate: number;
  readonly windowMs: number;
  /** Milliseconds after which an answer is worth nothing; the server is not told. */
  readonly deadlineMs: number;
}

/** What became of requests that came at a rate. */
export interface OpenWindow {
  readonly seconds: number;
  readonly sent: number;
  /** Right answers in time. */
  readonly answered: number;
  /** Right answers after the deadline. */
  readonly late: number;
  /** Explicit refusals, by their gRPC status. */
  readonly refused: Readonly<Record<string, number>>;
  /** Of right answers, late ones included, from the time the request was due. */
  readonly p50Micros: number;
  readonly p99Micros: number;
  /** The longest line before the model that two looks a second saw. */
  readonly longestLine: number;
  /** User and system time of the server's whole process tree within the window. */
  readonly cpuMicros: number;
  /** Share of one core the loader used. */
  readonly loaderBusy: number;
  /** Wrong or missing answers. */
  readonly errors: number;
  /** The first few different ones, in words. */
  readonly errorSamples: readonly string[];
}

/** What the loader process is told. */
export interface LoadJob<Plan = LoadPlan | OpenLoadPlan> {
  readonly target: CallTarget;
  readonly caller: CallerName;
  /** The process whose tree is measured; undefined for the loader itself. */
  readonly measuredPid: number | undefined;
  readonly requests: readonly CheckedRequest[];
  readonly plan: Plan;
}

/** What a measuring process answers to its job. */
export type LoadOutcome<Window = MeasuredWindow> = { readonly window: Window } | { readonly failure: string };
