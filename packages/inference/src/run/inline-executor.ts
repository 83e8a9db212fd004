import type { Call, Clock, TensorMap } from "@paddlewheel/core";
import type { RunObserver } from "../engine/engine-metrics.js";
import { type Executor, type ExecutorOptions, rowsOf } from "./executor.js";
import { type LoadedCore, type LoadReport, loadCore } from "./load-core.js";
import { failureRecord, runFailure } from "./run-failure.js";
import { RunQueue } from "./run-queue.js";

/**
 * Runs one turn of the event loop may take on: with runs of at most 0.2 ms that is 3 ms between two looks at the
 * sockets. More wait in line, where stopped calls leave.
 */
const runsPerTurn = 16;

/** Runs a model on this thread: for models whose run is shorter than the way to a worker. */
export class InlineExecutor implements Executor {
  readonly report: LoadReport;
  readonly #core: LoadedCore["core"];
  readonly #engine: string;
  readonly #clock: Clock;
  readonly #observer: RunObserver;
  readonly #queue: RunQueue;
  #lastEnd = 0;
  #closed: Promise<void> | undefined;

  private constructor({ core, report }: LoadedCore, options: ExecutorOptions) {
    const { engine, maxQueueSize, clock, observer } = options;
    this.report = report;
    this.#core = core;
    this.#engine = engine;
    this.#clock = clock;
    this.#observer = observer;
    this.#queue = new RunQueue({
      engine,
      maxQueueSize,
      clock,
      slots: () => runsPerTurn,
      start: (inputs) => this.#run(inputs),
      onStart: (ms) => observer.waited(ms),
    });
  }

  /** @throws what the core throws when it cannot load the model. */
  static async create(options: ExecutorOptions): Promise<InlineExecutor> {
    return new InlineExecutor(await loadCore(options.source), options);
  }

  get copies(): number {
    return this.#closed === undefined ? 1 : 0;
  }

  get waiting(): number {
    return this.#queue.waiting;
  }

  get running(): number {
    return this.#queue.running;
  }

  run(inputs: TensorMap, call?: Call): Promise<TensorMap> {
    return this.#queue.run(inputs, call);
  }

  close(): Promise<void> {
    this.#closed ??= this.#queue.close().then(() => this.#core.release());
    return this.#closed;
  }

  /** Runs asked for in one turn follow each other: each begins where the one before it ended. */
  async #run(inputs: TensorMap): Promise<TensorMap> {
    const askedAt = this.#clock.now();
    try {
      return await this.#core.run(inputs);
    } catch (thrown) {
      throw runFailure(this.#engine, failureRecord(thrown));
    } finally {
      const now = this.#clock.now();
      const startedAt = Math.max(askedAt, this.#lastEnd);
      this.#lastEnd = now;
      this.#observer.ran(now - startedAt, rowsOf(this.report.signature.inputs, inputs));
    }
  }
}
