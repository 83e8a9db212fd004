import type { DagNode, Protocol } from "@paddlewheel/core";
import type { ThrownRecord } from "./thrown-record.js";
import type { LostPrototypes } from "./value-packer.js";

/** Where a worker finds the class of an Op. */
export interface OpAddress {
  /** URL of the module that brings the class. */
  readonly module: string;
  /** Name conf has for the class. */
  readonly type: string;
}

/** One run of an Op, as a worker gets it. */
export interface OpJob extends OpAddress {
  readonly workflow: string;
  readonly node: DagNode;
  /** Nodes of one id are the same node, however often conf is loaded again. */
  readonly nodeId: number;
  /** Index of the flag that is 1 once the call has stopped. */
  readonly slot: number;
  readonly call: {
    readonly service: string;
    readonly method: string;
    readonly protocol: Protocol;
    readonly logId: bigint;
    readonly requestId: string;
    readonly timeoutMs: number;
  };
  /** The packed request message. */
  readonly request: unknown;
  /** Packed outputs of dependencies by name, without those that are absent. */
  readonly inputs: ReadonlyMap<string, unknown>;
  /** Why the Op runs, when its node is the fallback of another. */
  readonly failure: ThrownRecord | undefined;
  readonly lost: LostPrototypes;
}

/** What a worker answers; it never throws. */
export type OpAnswer = (OpSuccess | OpThrown) & {
  /** Time the run took in the worker. */
  readonly ms: number;
};

export interface OpSuccess {
  readonly result: number | undefined;
  /** Packed. */
  readonly output: unknown;
  readonly responseAttachment: unknown;
  readonly lost: LostPrototypes;
}

export interface OpThrown {
  readonly thrown: ThrownRecord;
}

/** What all workers of a pool know from their start. */
export interface OpWorkerData {
  /** In shared memory, one for each run that can be under way. */
  readonly stopFlags: Int32Array;
}

/** File name of the worker's module, and the functions the pool calls in it. */
export const opWorker = { file: "./op-worker.js", run: "run", prepare: "prepare" } as const;
