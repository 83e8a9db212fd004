import { fileURLToPath } from "node:url";
import type { Logger, Metrics } from "@paddlewheel/core";
import { Piscina } from "piscina";
import { type OpAddress, type OpAnswer, type OpJob, type OpWorkerData, opWorker } from "./op-job.js";
import { receiveNote } from "./worker-note.js";

export interface OpThreadsOptions {
  readonly threads: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface RunJobOptions {
  readonly transferList: ArrayBuffer[];
  /** Ends the thread of the run when it aborts. */
  readonly signal: AbortSignal;
}

const workerFile = fileURLToPath(new URL(opWorker.file, import.meta.url));

/** The worker threads, started when they are first needed. One that ends is replaced. */
export class OpThreads {
  /** In shared memory, one for each thread: 1 tells the run there that its call has stopped. */
  readonly stopFlags: Int32Array;
  readonly #options: OpThreadsOptions;
  #piscina: Piscina | undefined;

  constructor(options: OpThreadsOptions) {
    this.#options = options;
    this.stopFlags = new Int32Array(new SharedArrayBuffer(options.threads * Int32Array.BYTES_PER_ELEMENT));
  }

  /**
   * Imports modules in every thread; gives what is wrong with them.
   * @throws the reason when a thread ended meanwhile.
   */
  async prepare(addresses: readonly OpAddress[]): Promise<readonly string[]> {
    const piscina = this.#started();
    const { length } = piscina.threads;
    // All at once, so that each thread takes one.
    const faults = await Promise.all(
      Array.from({ length }, () => piscina.run(addresses, { name: opWorker.prepare })),
    );
    return [...new Set(faults.flat() as string[])];
  }

  /** @throws the reason when the thread ended before it answered. */
  async run(job: OpJob, { transferList, signal }: RunJobOptions): Promise<OpAnswer> {
    return (await this.#started().run(job, { name: opWorker.run, transferList, signal })) as OpAnswer;
  }

  /** Ends the threads at once, and what runs in them. */
  async close(): Promise<void> {
    await this.#piscina?.destroy();
  }

  #started(): Piscina {
    this.#piscina ??= this.#start();
    return this.#piscina;
  }

  #start(): Piscina {
    const { logger, metrics, threads } = this.#options;
    const data: OpWorkerData = { stopFlags: this.stopFlags };
    const piscina = new Piscina({
      filename: workerFile,
      name: opWorker.run,
      workerData: data,
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      // Otherwise a thread without a task sleeps in a way that stops its timers and sockets, which modules may have.
      atomics: "disabled",
      recordTiming: false,
    });
    piscina.on("error", (thrown) => logger.error({ err: thrown }, "an idle thread of the op pool died"));
    piscina.on("message", (message) => {
      try {
        receiveNote(message, { logger, metrics });
      } catch (thrown) {
        logger.error({ err: thrown }, "a note from the op pool was refused");
      }
    });
    return piscina;
  }
}
