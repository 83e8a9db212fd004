import { fileURLToPath } from "node:url";
import { type Clock, Code, type Logger, ServeError, type Timer } from "@paddlewheel/core";
import { Piscina } from "piscina";
import { type BatchTrial, failedTrial, type TrialOptions } from "../batch/try-batches.js";
import type { CipherKey } from "../encrypt/cipher-key.js";
import type { CoreSource, LoadReport, LoadTask } from "./load-core.js";
import type { LoadAnswer, RunAnswer, RunTask } from "./pool-worker.js";
import { RunNotBegun, type RunTicket } from "./run-ticket.js";
import type { Parcel } from "./tensor-transfer.js";
import { ThreadRuns } from "./thread-runs.js";
import { youngGenerationMb } from "./worker-heap.js";

export interface ModelWorkersOptions {
  /** Name of the engine, for messages. */
  readonly engine: string;
  readonly source: CoreSource;
  /** See `ExecutorOptions.key`. */
  readonly key?: CipherKey | undefined;
  readonly threads: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** One more copy can run. */
  readonly onReady: () => void;
  /** No copy is left and loading one again has failed. */
  readonly onBroken: (reason: ServeError) => void;
}

/** See `RunRequest`. */
export interface RunStart {
  readonly ticket: RunTicket | undefined;
  readonly onBegin: () => void;
}

/** Pause before a load that follows a failed one; doubles up to a minute. */
const firstPauseMs = 1000;
const maxPauseMs = 60_000;

const workerFile = fileURLToPath(new URL("./pool-worker.js", import.meta.url));

/**
 * Worker threads with one copy of a model each. A thread that ends takes its run with it and is replaced; a copy
 * that cannot be loaded again is tried again after a pause, so that a broken model folder causes no storm.
 *
 * A thread that is ended inside ONNX Runtime takes the whole process with it. Hence no AbortSignal and no `destroy`
 * here, no more runs handed out than there are copies and tickets, and a `close` that waits for loads.
 */
export class ModelWorkers {
  readonly #options: ModelWorkersOptions;
  readonly #pool: Piscina;
  /** Ids of the threads whose copy can run. */
  readonly #ready = new Set<number>();
  /** The number of each thread's copy, from 0: a thread takes over that of the one it stands in for. */
  readonly #numbers = new Map<number, number>();
  readonly #pauses = new Set<Timer>();
  readonly #runs = new ThreadRuns();
  /** The thread the next task is for. */
  #target = 0;
  #loading = 0;
  /** Loads that failed since the last one that did not. */
  #failures = 0;
  #onLoadEnd: (() => void) | undefined;
  #isClosed = false;

  private constructor(options: ModelWorkersOptions) {
    this.#options = options;
    this.#pool = new Piscina({
      filename: workerFile,
      name: "load",
      workerData: options.source,
      minThreads: options.threads,
      maxThreads: options.threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      recordTiming: false,
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
      loadBalancer: (_, workers) => workers.find(({ id }) => id === this.#target) ?? null,
    });
  }

  /**
   * Starts the threads; resolves when each has its copy, with the report of the one that took longest.
   * @throws what the core throws when it cannot load the model.
   */
  static async start(options: ModelWorkersOptions): Promise<{ workers: ModelWorkers; report: LoadReport }> {
    const workers = new ModelWorkers(options);
    try {
      return { workers, report: await workers.#loadAll() };
    } catch (thrown) {
      await workers.close();
      throw thrown;
    }
  }

  /** Copies that can run. */
  get ready(): number {
    return this.#ready.size;
  }

  /** Nothing can run, and loading a copy again has failed. */
  get isBroken(): boolean {
    return this.#failures > 0 && this.#ready.size === 0;
  }

  /**
   * Runs the model in the thread with the fewest runs; the caller sees to it that there is one.
   * @throws ServeError unavailable when the thread ended during the run, RunNotBegun when the run was taken back or the
   * thread ended before.
   */
  async run({ tensors: inputs, transferList }: Parcel, { ticket, onBegin }: RunStart): Promise<RunAnswer> {
    const task: RunTask = { inputs, ticket: ticket?.state };
    const thread = this.#leastBusy();
    this.#runs.add(thread, () => {
      if (!ticket?.isTakenBack) onBegin();
    });
    const answer = await this.#post(thread, task, { name: "run", transferList }).catch((thrown: unknown) => {
      this.#runs.forget(thread);
      throw ticket?.takeBack() ? new RunNotBegun() : endedError(this.#options.engine, thrown);
    });
    this.#runs.answered(thread);
    if (!answer) throw new RunNotBegun();
    return answer as RunAnswer;
  }

  /** Tries batches on one of the copies; nothing else may be under way. */
  async tryBatches(options: Omit<TrialOptions, "model">): Promise<BatchTrial> {
    try {
      return (await this.#post(this.#leastBusy(), options, { name: "tryBatches" })) as BatchTrial;
    } catch (thrown) {
      return failedTrial(thrown);
    }
  }

  /** Ends the threads once no load is under way; the caller has waited for the runs. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const pause of this.#pauses) pause.cancel();
    while (this.#loading > 0) {
      await new Promise<void>((resolve) => {
        this.#onLoadEnd = resolve;
      });
    }
    await this.#pool.close();
  }

  #post(thread: number, task: object, options: PostOptions): Promise<unknown> {
    this.#target = thread;
    return this.#pool.run(task, options);
  }

  #leastBusy(): number {
    const thread = this.#runs.leastBusy(this.#ready);
    if (thread === undefined) throw brokenError(this.#options.engine);
    return thread;
  }

  async #loadAll(): Promise<LoadReport> {
    const first = this.#pool.threads.map(({ threadId }) => threadId);
    this.#pool.on("workerCreate", ({ id }: { id: number }) => {
      // Piscina says so before it counts the thread in.
      if (!first.includes(id)) queueMicrotask(() => this.#replace(id));
    });
    this.#pool.on("error", (thrown) => this.#threadFailed(thrown));
    const reports = await Promise.all(first.map((id) => this.#load(id)));
    return reports.reduce((slowest, report) => (report.loadMs > slowest.loadMs ? report : slowest));
  }

  async #load(threadId: number): Promise<LoadReport> {
    this.#loading++;
    try {
      const key = this.#options.key?.copy();
      const task: LoadTask = { copy: this.#numberOf(threadId), key };
      const transferList = key ? [key.buffer] : [];
      const answer = (await this.#post(threadId, task, { name: "load", transferList })) as LoadAnswer;
      if ("failure" in answer) throw new Error(answer.failure.message);
      this.#adopt(threadId);
      return answer.report;
    } finally {
      this.#loading--;
      this.#onLoadEnd?.();
    }
  }

  #numberOf(threadId: number): number {
    for (const id of this.#numbers.keys()) if (!this.#has(id)) this.#numbers.delete(id);
    const taken = new Set(this.#numbers.values());
    let number = this.#numbers.get(threadId) ?? 0;
    while (!this.#numbers.has(threadId) && taken.has(number)) number++;
    this.#numbers.set(threadId, number);
    return number;
  }

  #adopt(threadId: number): void {
    const worker = this.#pool.threads.find((thread) => thread.threadId === threadId);
    if (!worker) throw new Error("the worker thread ended");
    // Before anybody learns how the thread's run ended the copy must be off the list.
    const drop = () => this.#ready.delete(threadId);
    worker.once("error", drop).once("exit", drop);
    this.#ready.add(threadId);
    this.#options.onReady();
  }

  /** A new thread stands in for one that ended, or the last attempt to load has failed. */
  #replace(threadId: number): void {
    if (this.#isClosed) return;
    if (this.#failures === 0) {
      void this.#reload(threadId);
      return;
    }
    const pauseMs = Math.min(firstPauseMs * 2 ** (this.#failures - 1), maxPauseMs);
    const pause = this.#options.clock.setTimer(() => {
      this.#pauses.delete(pause);
      void this.#reload(threadId);
    }, pauseMs);
    this.#pauses.add(pause);
  }

  async #reload(threadId: number): Promise<void> {
    const { engine, logger } = this.#options;
    if (!this.#has(threadId)) return;
    try {
      await this.#load(threadId);
      this.#failures = 0;
      logger.warn({ engine }, "a worker thread was replaced");
    } catch (thrown) {
      this.#failed(thrown);
      if (this.#has(threadId)) this.#replace(threadId);
    }
  }

  /** A thread ended between two runs. Piscina starts another one, unless it ended before it was up. */
  #threadFailed(thrown: unknown): void {
    const { engine, logger } = this.#options;
    if (this.#pool.threads.length === 0) this.#failed(thrown);
    else logger.error({ engine, error: String(thrown) }, "a worker thread ended");
  }

  #failed(thrown: unknown): void {
    const { engine, logger, onBroken } = this.#options;
    this.#failures++;
    logger.error({ engine, error: String(thrown), failures: this.#failures }, "a worker thread has no model");
    if (this.isBroken) onBroken(brokenError(engine));
  }

  #has(threadId: number): boolean {
    return this.#pool.threads.some((thread) => thread.threadId === threadId);
  }
}

interface PostOptions {
  /** What the worker's module exports. */
  readonly name: string;
  readonly transferList?: ArrayBuffer[];
}

function endedError(engine: string, cause: unknown): ServeError {
  const message = `engine "${engine}": the worker thread ended during the run; it is replaced`;
  return new ServeError(Code.unavailable, message, { cause });
}

export function brokenError(engine: string): ServeError {
  return new ServeError(
    Code.unavailable,
    `engine "${engine}": no worker thread has the model; it is loaded again`,
  );
}
