import { type Call, Code, Isolation, type Logger, ServeError, type TensorMap } from "@paddlewheel/core";
import type { Batch } from "../batch/batch-run.js";
import { Batcher } from "../batch/batcher.js";
import { chooseBatching } from "../batch/choose-batching.js";
import type { BatchingChoice } from "../batch/plan-batching.js";
import { rememberTrials } from "../batch/remember-trials.js";
import { countRows, type Executor, type ExecutorOptions } from "./executor.js";
import type { LoadReport } from "./load-core.js";
import type { CopyRun, ModelCopies } from "./model-copies.js";
import { ProcessCopies } from "./process/process-copies.js";
import { runFailure } from "./run-failure.js";
import type { RunSpans } from "./run-spans.js";
import { ThreadCopies } from "./thread-copies.js";

export interface WorkerPoolOptions extends ExecutorOptions {
  /** Copies of the model, a worker each. */
  readonly threads: number;
  readonly isolation: Isolation;
  /** Milliseconds after which a worker process is killed for its run; 0 for never. */
  readonly maxRunMs: number;
  readonly logger: Logger;
}

interface LoadedPool {
  readonly copies: ModelCopies;
  readonly report: LoadReport;
  readonly batching: BatchingChoice;
}

/** Runs a model on worker threads or processes, one batch per worker at a time, and lets the other requests wait in line. */
export class WorkerPool implements Executor {
  readonly report: LoadReport;
  readonly batching: BatchingChoice;
  readonly #options: WorkerPoolOptions;
  readonly #copies: ModelCopies;
  readonly #batcher: Batcher;
  #closed: Promise<void> | undefined;

  private constructor(options: WorkerPoolOptions, { copies, report, batching }: LoadedPool) {
    const { engine, limits, clock, observer, arrivals } = options;
    this.report = report;
    this.batching = batching;
    this.#options = options;
    this.#copies = copies;
    this.#batcher = new Batcher({
      engine,
      policy: batching.policy,
      limits,
      clock,
      observer,
      arrivals,
      slots: () => copies.ready,
      isParallel: true,
      ahead: () => copies.ahead,
      runMs: (report.warmUp.runMicros ?? 0) / 1000,
      allocate: copies.allocate,
      start: (batch) => this.#run(batch),
    });
  }

  /**
   * Starts the workers and waits until each has its copy of the model.
   * @throws what the core throws when it cannot load the model.
   */
  static async create(options: WorkerPoolOptions): Promise<WorkerPool> {
    let batcher: Batcher | undefined;
    const { isolation, batch } = options;
    const Copies = isolation === Isolation.process ? ProcessCopies : ThreadCopies;
    const { copies, report } = await Copies.start({
      ...options,
      onReady: () => batcher?.dispatch(),
      onBroken: (reason) => batcher?.rejectWaiting(reason),
    });
    const tryOut = rememberTrials(options, (trial) => copies.tryBatches(trial));
    const batching = await chooseBatching(batch, report.signature, tryOut);
    const pool = new WorkerPool(options, { copies, report, batching });
    batcher = pool.#batcher;
    return pool;
  }

  get copies(): number {
    return this.#closed === undefined ? this.#copies.ready : 0;
  }

  get pids(): readonly number[] {
    return this.#copies.pids;
  }

  get waiting(): number {
    return this.#batcher.waiting;
  }

  get running(): number {
    return this.#batcher.running;
  }

  async run(inputs: TensorMap, call?: Call, spans?: RunSpans): Promise<TensorMap> {
    const refusal = this.#copies.refusal(inputs);
    if (refusal) throw refusal;
    return this.#batcher.run(inputs, call, spans);
  }

  refusal(call?: Call): ServeError | undefined {
    return this.#batcher.refusal(call);
  }

  close(): Promise<void> {
    this.#closed ??= this.#batcher.close().then(() => this.#copies.close());
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
    return answer.outputs;
  }

  async #runOnWorker({ inputs, isOwned, spans, ahead }: Batch, rows: number): Promise<CopyRun> {
    const { clock } = this.#options;
    const onBegin = (): void => {
      ahead?.onBegin();
      for (const one of spans) one.beginRun(clock.now());
    };
    try {
      const answer = await this.#copies.run({ inputs, isOwned, ticket: ahead?.ticket, onBegin });
      const { ms: modelMs, worker } = answer;
      const error = "failure" in answer ? Code.opFailure : undefined;
      for (const one of spans) one.endRun(clock.now(), { rows, worker, modelMs, error });
      return answer;
    } catch (thrown) {
      for (const one of spans) one.endRun(clock.now(), { error: ServeError.from(thrown).code });
      throw thrown;
    }
  }
}
