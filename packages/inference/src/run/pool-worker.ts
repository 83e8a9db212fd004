import { threadId, workerData } from "node:worker_threads";
import { move, transferableSymbol, valueSymbol } from "piscina";
import type { BatchTrial, TrialOptions } from "../batch/try-batches.js";
import { type FailureRecord, failureRecord } from "./failure-record.js";
import {
  type CoreSource,
  type LoadedCore,
  type LoadReport,
  type LoadTask,
  loadWorkerCore,
} from "./load-core.js";
import { mayBegin, type TicketState } from "./run-ticket.js";
import { type PackedTensors, packTensors, transferredBuffers, unpackTensors } from "./tensor-transfer.js";

/**
 * The module a worker thread of a pool runs. Nothing in it throws: an error that cannot be cloned would take the
 * thread with it, and what remains as a rejection on the other side then means that the thread is gone.
 */

export type LoadAnswer =
  | { readonly threadId: number; readonly report: LoadReport }
  | { readonly failure: FailureRecord };

export type RunAnswer = {
  readonly threadId: number;
  readonly ms: number;
  /** Buffers that came with the inputs, on their way back. */
  readonly spent: readonly ArrayBuffer[];
} & ({ readonly outputs: PackedTensors } | { readonly failure: FailureRecord });

/** What a thread is told of a run. */
export interface RunTask {
  readonly inputs: PackedTensors;
  readonly ticket: TicketState | undefined;
}

let loaded: LoadedCore | undefined;

/** Loads and warms this thread's copy of the model, the one of this number; a second call only reports. */
export async function load(task: LoadTask): Promise<LoadAnswer> {
  try {
    loaded ??= await loadWorkerCore(workerData as CoreSource, task);
    return { threadId, report: loaded.report };
  } catch (thrown) {
    return { failure: failureRecord(thrown) };
  }
}

/** Tries batches of the loaded model; one thread of a pool is asked to, so the others need no code for it. */
export async function tryBatches(options: Omit<TrialOptions, "model">): Promise<BatchTrial> {
  const { failedTrial, tryBatches: tryBatchesOf } = await import("../batch/try-batches.js");
  const { model } = workerData as CoreSource;
  return loaded ? tryBatchesOf(loaded.core, { ...options, model }) : failedTrial("the model is not loaded");
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the model; undefined for a run that was taken back. One after the other: the message of a run may arrive while the
 * one before it waits for its turn of the event loop.
 */
export function run({ inputs, ticket }: RunTask): Promise<unknown> {
  last = last.then(() => (ticket === undefined || mayBegin(ticket) ? runModel(inputs) : undefined));
  return last;
}

async function runModel(inputs: PackedTensors): Promise<unknown> {
  const startedAt = performance.now();
  try {
    if (!loaded) throw new Error("the model is not loaded");
    const { core, report } = loaded;
    const outputs = await core.run(unpackTensors(report.signature.inputs, inputs));
    const ms = performance.now() - startedAt;
    const { tensors, transferList } = packTensors(report.signature.outputs, outputs, { ownership: "give" });
    const spent = transferredBuffers(inputs, transferList);
    const answer: RunAnswer = { outputs: tensors, threadId, ms, spent };
    return move({ [transferableSymbol]: [...transferList, ...spent], [valueSymbol]: answer });
  } catch (thrown) {
    const ms = performance.now() - startedAt;
    const answer: RunAnswer = { failure: failureRecord(thrown), threadId, ms, spent: [] };
    return answer;
  }
}
