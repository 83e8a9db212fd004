import { Call } from "@paddlewheel/core";
import type { OpJob } from "./op-job.js";

/**
 * The call of a run as its worker sees it: with its own clock, the deadline, and a flag in shared memory that says
 * whether the call has stopped elsewhere. An Op that computes learns of it from `throwIfStopped`; nothing in this thread
 * watches the flag, so listeners and `signal` hear of the deadline only.
 */
export class WorkerCall extends Call {
  readonly #stopFlags: Int32Array;
  readonly #slot: number;

  constructor(job: OpJob, stopFlags: Int32Array) {
    super(job.call);
    this.#stopFlags = stopFlags;
    this.#slot = job.slot;
  }

  override stopReasonAt(now: number): ReturnType<Call["stopReasonAt"]> {
    if (Atomics.load(this.#stopFlags, this.#slot) === 1) this.cancel("nobody waits for this run any more");
    return super.stopReasonAt(now);
  }
}
