import type { MeasuredWindow } from "../measure/measured-window.js";

/** How hard and how long to load a contender. */
export interface LoadPlan {
  readonly connections: number;
  readonly inFlight: number;
  readonly warmupMs: number;
  readonly windowMs: number;
}

/** One request and the values its answer must hold. */
export interface CheckedRequest {
  /** An encoded `Request` of general_model_service.proto. */
  readonly message: Uint8Array;
  readonly expected: Float32Array;
}

/** What the loader process is told. */
export interface LoadJob {
  readonly port: number;
  readonly path: string;
  /** The server, whose process tree is measured. */
  readonly serverPid: number;
  readonly requests: readonly CheckedRequest[];
  readonly plan: LoadPlan;
}

/** What a measuring process answers to its job. */
export type LoadOutcome = { readonly window: MeasuredWindow } | { readonly failure: string };
