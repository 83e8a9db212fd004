import { type Call, Code, type Logger, raceStop, ServeError, type TensorMap } from "@paddlewheel/core";
import { BufferPool } from "./buffer-pool.js";
import { type Executor, type ExecutorOptions, rowsOf } from "./executor.js";
import type { LoadReport } from "./load-core.js";
import { brokenError, ModelWorkers } from "./model-workers.js";
import type { RunAnswer } from "./pool-worker.js";
import { runFailure } from "./run-failure.js";
import { RunQueue } from "./run-queue.js";
import type { RunSpans } from "./run-spans.js";
import { packTensors, unpackTensors } from "./tensor-transfer.js";

export interface WorkerPoolOptions extends ExecutorOptions {
  readonly threads: number;
  readonly logger: Logger;
}

/** Runs a model on worker threads, one run per thread at a time, and lets the others wait in line. */
export class WorkerPool implements Executor {
  readonly report: LoadReport;
  /** Threads run each request by itself. */
  readonly maxBatchRows = 1;
  readonly #options: WorkerPoolOptions;
  readonly #workers: ModelWorkers;
  readonly #queue: RunQueue;
  readonly #buffers = new BufferPool();
  #closed: Promise<void> | undefined;

  private constructor(options: WorkerPoolOptions, workers: ModelWorkers, report: LoadReport) {
    const { engine, maxQueueSize, clock, observer } = options;
    this.report = report;
    this.#options = options;
    this.#workers = workers;
    this.#queue = new RunQueue({
      engine,
      maxQueueSize,
      clock,
      slots: () => workers.ready,
      start: (inputs, spans) => this.#run(inputs, spans),
      onStart: (ms) => observer.waited(ms),
    });
  }

  /**
   * Starts the threads and waits until each has its copy of the model.
   * @throws what the core throws when it cannot load the model.
   */
  static async create(options: WorkerPoolOptions): Promise<WorkerPool> {
    let queue: RunQueue | undefined;
    const { workers, report } = await ModelWorkers.start({
      ...options,
      onReady: () => queue?.dispatch(),
      onBroken: (reason) => queue?.rejectWaiting(reason),
    });
    const pool = new WorkerPool(options, workers, report);
    queue = pool.#queue;
    return pool;
  }

  get copies(): number {
    return this.#closed === undefined ? this.#workers.ready : 0;
  }

  get waiting(): number {
    return this.#queue.waiting;
  }

  get running(): number {
    return this.#queue.running;
  }

  async run(inputs: TensorMap, call?: Call, spans?: RunSpans): Promise<TensorMap> {
    if (this.#workers.isBroken) throw brokenError(this.#options.engine);
    const outputs = this.#queue.run(inputs, call, spans);
    return call ? raceStop(call, outputs) : outputs;
  }

  close(): Promise<void> {
    this.#closed ??= this.#queue.close().then(() => this.#workers.close());
    return this.#closed;
  }

  async #run(inputs: TensorMap, spans: RunSpans | undefined): Promise<TensorMap> {
    const { engine, observer } = this.#options;
    const { signature } = this.report;
    const answer = await this.#runOnWorker(inputs, spans);
    observer.ran(answer.ms, rowsOf(signature.inputs, inputs));
    if ("failure" in answer) throw runFailure(engine, answer.failure);
    return unpackTensors(signature.outputs, answer.outputs);
  }

  async #runOnWorker(inputs: TensorMap, spans: RunSpans | undefined): Promise<RunAnswer> {
    const { clock } = this.#options;
    const { signature } = this.report;
    spans?.beginRun(clock.now());
    try {
      const options = { ownership: "keep", buffers: this.#buffers } as const;
      const answer = await this.#workers.run(packTensors(signature.inputs, inputs, options));
      for (const buffer of answer.spent) this.#buffers.give(buffer);
      const { ms: modelMs, threadId: worker } = answer;
      const error = "failure" in answer ? Code.opFailure : undefined;
      spans?.endRun(clock.now(), { rows: rowsOf(signature.inputs, inputs), worker, modelMs, error });
      return answer;
    } catch (thrown) {
      spans?.endRun(clock.now(), { error: ServeError.from(thrown).code });
      throw thrown;
    }
  }
}
