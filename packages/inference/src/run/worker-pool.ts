import { type Call, Code, type Logger, ServeError, type TensorMap } from "@paddlewheel/core";
import { type Batch, Batcher } from "../batch/batcher.js";
import { chooseBatching } from "../batch/choose-batching.js";
import type { BatchingChoice } from "../batch/plan-batching.js";
import { BufferPool } from "./buffer-pool.js";
import { countRows, type Executor, type ExecutorOptions } from "./executor.js";
import type { LoadReport } from "./load-core.js";
import { brokenError, ModelWorkers } from "./model-workers.js";
import type { RunAnswer } from "./pool-worker.js";
import { runFailure } from "./run-failure.js";
import type { RunSpans } from "./run-spans.js";
import { packTensors, unpackTensors } from "./tensor-transfer.js";

export interface WorkerPoolOptions extends ExecutorOptions {
  readonly threads: number;
  readonly logger: Logger;
}

interface LoadedPool {
  readonly workers: ModelWorkers;
  readonly report: LoadReport;
  readonly batching: BatchingChoice;
}

/** Runs a model on worker threads, one batch per thread at a time, and lets the other requests wait in line. */
export class WorkerPool implements Executor {
  readonly report: LoadReport;
  readonly batching: BatchingChoice;
  readonly #options: WorkerPoolOptions;
  readonly #workers: ModelWorkers;
  readonly #batcher: Batcher;
  readonly #buffers = new BufferPool();
  #closed: Promise<void> | undefined;

  private constructor(options: WorkerPoolOptions, { workers, report, batching }: LoadedPool) {
    const { engine, limits, clock, observer } = options;
    this.report = report;
    this.batching = batching;
    this.#options = options;
    this.#workers = workers;
    this.#batcher = new Batcher({
      engine,
      policy: batching.policy,
      limits,
      clock,
      observer,
      slots: () => workers.ready,
      isParallel: true,
      runMs: (report.warmUp.runMicros ?? 0) / 1000,
      allocate: (byteLength) => this.#buffers.take(byteLength),
      start: (batch) => this.#run(batch),
    });
  }

  /**
   * Starts the threads and waits until each has its copy of the model.
   * @throws what the core throws when it cannot load the model.
   */
  static async create(options: WorkerPoolOptions): Promise<WorkerPool> {
    let batcher: Batcher | undefined;
    const { workers, report } = await ModelWorkers.start({
      ...options,
      onReady: () => batcher?.dispatch(),
      onBroken: (reason) => batcher?.rejectWaiting(reason),
    });
    const { batch } = options;
    const batching = await chooseBatching(batch, report.signature, (trial) => workers.tryBatches(trial));
    const pool = new WorkerPool(options, { workers, report, batching });
    batcher = pool.#batcher;
    return pool;
  }

  get copies(): number {
    return this.#closed === undefined ? this.#workers.ready : 0;
  }

  get waiting(): number {
    return this.#batcher.waiting;
  }

  get running(): number {
    return this.#batcher.running;
  }

  async run(inputs: TensorMap, call?: Call, spans?: RunSpans): Promise<TensorMap> {
    if (this.#workers.isBroken) throw brokenError(this.#options.engine);
    return this.#batcher.run(inputs, call, spans);
  }

  close(): Promise<void> {
    this.#closed ??= this.#batcher.close().then(() => this.#workers.close());
    return this.#closed;
  }

  async #run(batch: Batch): Promise<TensorMap> {
    const { engine, observer } = this.#options;
    const { signature } = this.report;
    const rows = countRows(signature.inputs, batch.inputs);
    const answer = await this.#runOnWorker(batch, rows);
    observer.ran(answer.ms, rows);
    batch.onRan(answer.ms);
    if ("failure" in answer) throw runFailure(engine, answer.failure);
    return unpackTensors(signature.outputs, answer.outputs);
  }

  async #runOnWorker({ inputs, isOwned, spans }: Batch, rows: number): Promise<RunAnswer> {
    const { clock } = this.#options;
    for (const one of spans) one.beginRun(clock.now());
    try {
      const ownership = isOwned ? "give" : "keep";
      const options = { ownership, buffers: this.#buffers } as const;
      const answer = await this.#workers.run(packTensors(this.report.signature.inputs, inputs, options));
      for (const buffer of answer.spent) this.#buffers.give(buffer);
      const { ms: modelMs, threadId: worker } = answer;
      const error = "failure" in answer ? Code.opFailure : undefined;
      for (const one of spans) one.endRun(clock.now(), { rows, worker, modelMs, error });
      return answer;
    } catch (thrown) {
      for (const one of spans) one.endRun(clock.now(), { error: ServeError.from(thrown).code });
      throw thrown;
    }
  }
}
