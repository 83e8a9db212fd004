import type { ServeError } from "@paddlewheel/core";
import type { Allocate } from "../batch/merge-rows.js";
import type { BatchTrial, TrialOptions } from "../batch/try-batches.js";
import { BufferPool } from "./buffer-pool.js";
import type { LoadReport } from "./load-core.js";
import type { CopyRun, ModelCopies, RunRequest } from "./model-copies.js";
import { brokenError, ModelWorkers, type ModelWorkersOptions } from "./model-workers.js";
import { packTensors, unpackTensors } from "./tensor-transfer.js";

/** Copies of a model in worker threads, to which tensors are handed over. */
export class ThreadCopies implements ModelCopies {
  readonly pids: readonly number[] = [];
  readonly allocate: Allocate;
  readonly #engine: string;
  readonly #workers: ModelWorkers;
  readonly #signature: LoadReport["signature"];
  readonly #buffers = new BufferPool();

  private constructor(engine: string, workers: ModelWorkers, signature: LoadReport["signature"]) {
    this.allocate = (byteLength) => this.#buffers.take(byteLength);
    this.#engine = engine;
    this.#workers = workers;
    this.#signature = signature;
  }

  /** See `ModelWorkers.start`. */
  static async start(
    options: ModelWorkersOptions,
  ): Promise<{ readonly copies: ThreadCopies; readonly report: LoadReport }> {
    const { workers, report } = await ModelWorkers.start(options);
    return { copies: new ThreadCopies(options.engine, workers, report.signature), report };
  }

  get ready(): number {
    return this.#workers.ready;
  }

  /** One each: then a thread goes from run to run, however long this one takes to hear of the first. */
  get ahead(): number {
    return this.ready;
  }

  refusal(): ServeError | undefined {
    return this.#workers.isBroken ? brokenError(this.#engine) : undefined;
  }

  async run({ inputs, isOwned, ticket, onBegin }: RunRequest): Promise<CopyRun> {
    const ownership = isOwned ? "give" : "keep";
    const parcel = packTensors(this.#signature.inputs, inputs, { ownership, buffers: this.#buffers });
    const { spent, threadId: worker, ...answer } = await this.#workers.run(parcel, { ticket, onBegin });
    for (const buffer of spent) this.#buffers.give(buffer);
    if ("failure" in answer) return { worker, ms: answer.ms, failure: answer.failure };
    return { worker, ms: answer.ms, outputs: unpackTensors(this.#signature.outputs, answer.outputs) };
  }

  tryBatches(options: Omit<TrialOptions, "model">): Promise<BatchTrial> {
    return this.#workers.tryBatches(options);
  }

  close(): Promise<void> {
    return this.#workers.close();
  }
}
