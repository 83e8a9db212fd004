import { type Call, type Clock, Code, type TensorMap } from "@paddlewheel/core";
import { hasBatchAxis } from "../batch/batch-axis.js";
import { rowsStandAlone } from "../batch/rows-stand-alone.js";
import { TickBatcher } from "../batch/tick-batcher.js";
import type { RunObserver } from "../engine/engine-metrics.js";
import { type Executor, type ExecutorOptions, rowsOf } from "./executor.js";
import { type LoadedCore, type LoadReport, loadCore } from "./load-core.js";
import { failureRecord, runFailure } from "./run-failure.js";
import type { RunSpans } from "./run-spans.js";

/** How long one turn of the event loop may run the model before it looks at the sockets again, in µs. */
const turnMicros = 3000;

/** Rows that fit into a turn, by the time a row takes alone: together they take no longer. */
function rowsPerTurn(runMicros: number | undefined): number {
  return Math.max(1, Math.floor(turnMicros / (runMicros ?? turnMicros)));
}

/** Runs a model on this thread: for models whose run is shorter than the way to a worker. */
export class InlineExecutor implements Executor {
  readonly report: LoadReport;
  readonly maxBatchRows: number;
  readonly #core: LoadedCore["core"];
  readonly #engine: string;
  readonly #clock: Clock;
  readonly #observer: RunObserver;
  readonly #batcher: TickBatcher;
  #lastEnd = 0;
  #closed: Promise<void> | undefined;

  private constructor({ core, report }: LoadedCore, options: ExecutorOptions, maxBatchRows: number) {
    const { engine, maxQueueSize, clock, observer } = options;
    this.report = report;
    this.maxBatchRows = maxBatchRows;
    this.#core = core;
    this.#engine = engine;
    this.#clock = clock;
    this.#observer = observer;
    this.#batcher = new TickBatcher({
      engine,
      maxRows: maxBatchRows,
      rowsPerTurn: rowsPerTurn(report.warmUp.runMicros),
      maxQueueSize,
      clock,
      start: (inputs, spans) => this.#run(inputs, spans),
      onStart: (ms) => observer.waited(ms),
    });
  }

  /** @throws what the core throws when it cannot load the model. */
  static async create(options: ExecutorOptions): Promise<InlineExecutor> {
    const { maxBatchRows, source } = options;
    const loaded = await loadCore(source);
    const { signature } = loaded.report;
    const isBatchable =
      maxBatchRows > 1 &&
      hasBatchAxis(signature) &&
      (await rowsStandAlone(loaded.core, signature, source.model));
    return new InlineExecutor(loaded, options, isBatchable ? maxBatchRows : 1);
  }

  get copies(): number {
    return this.#closed === undefined ? 1 : 0;
  }

  get waiting(): number {
    return this.#batcher.waiting;
  }

  get running(): number {
    return this.#batcher.running;
  }

  run(inputs: TensorMap, call?: Call, spans?: RunSpans): Promise<TensorMap> {
    return this.#batcher.run(inputs, call, spans);
  }

  close(): Promise<void> {
    this.#closed ??= this.#batcher.close().then(() => this.#core.release());
    return this.#closed;
  }

  /** Runs asked for in one turn follow each other: each begins where the one before it ended. */
  async #run(inputs: TensorMap, spans: readonly RunSpans[]): Promise<TensorMap> {
    const askedAt = this.#clock.now();
    let error: Code | undefined;
    try {
      return await this.#core.run(inputs);
    } catch (thrown) {
      error = Code.opFailure;
      throw runFailure(this.#engine, failureRecord(thrown));
    } finally {
      const now = this.#clock.now();
      const startedAt = Math.max(askedAt, this.#lastEnd);
      this.#lastEnd = now;
      const rows = rowsOf(this.report.signature.inputs, inputs);
      this.#observer.ran(now - startedAt, rows);
      for (const one of spans) {
        one.beginRun(startedAt);
        one.endRun(now, { rows, error });
      }
    }
  }
}
