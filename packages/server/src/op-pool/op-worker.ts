import { workerData } from "node:worker_threads";
import { ServeError } from "@paddlewheel/core";
import { move, transferableSymbol, valueSymbol } from "piscina";
import { findOpClass } from "./find-op-class.js";
import type { OpAddress, OpAnswer, OpJob, OpWorkerData } from "./op-job.js";
import { recordThrown } from "./thrown-record.js";
import { WorkerCall } from "./worker-call.js";
import { type PackedSuccess, WorkerOp } from "./worker-op.js";

/**
 * The module a thread of the Op pool runs. Nothing in it throws: an error that cannot be cloned would take the thread
 * with it, and what remains as a rejection on the other side then means that the thread is gone.
 */

const { stopFlags } = workerData as OpWorkerData;

/** By workflow and node, so that those of conf that is not in use any more are replaced. */
const ops = new Map<string, WorkerOp>();

/** Imports the modules of Ops; gives what is wrong with them, in their order. */
export async function prepare(addresses: readonly OpAddress[]): Promise<readonly string[]> {
  const found = await Promise.allSettled(addresses.map(findOpClass));
  const reasons = found.flatMap((one) =>
    one.status === "rejected" ? [ServeError.from(one.reason).message] : [],
  );
  return [...new Set(reasons)];
}

export async function run(job: OpJob): Promise<unknown> {
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  try {
    const { success, transferList } = await runJob(job);
    const answer: OpAnswer = { ...success, ms: elapsed() };
    return move({ [transferableSymbol]: transferList, [valueSymbol]: answer });
  } catch (thrown) {
    const answer: OpAnswer = { thrown: recordThrown(thrown), ms: elapsed() };
    return answer;
  }
}

async function runJob(job: OpJob): Promise<PackedSuccess> {
  const op = await opOf(job);
  const call = new WorkerCall(job, stopFlags);
  try {
    return await op.run(job, call);
  } finally {
    call.finish();
  }
}

async function opOf(job: OpJob): Promise<WorkerOp> {
  const key = JSON.stringify([job.workflow, job.node.name]);
  const kept = ops.get(key);
  if (kept?.nodeId === job.nodeId) return kept;
  const op = new WorkerOp(await findOpClass(job), job);
  ops.set(key, op);
  return op;
}
