import { type Call, type Clock, Code, type ServeError, type TensorMap } from "@paddlewheel/core";
import type { Batch } from "../batch/batch-run.js";
import { Batcher } from "../batch/batcher.js";
import { chooseBatching } from "../batch/choose-batching.js";
import type { BatchingChoice } from "../batch/plan-batching.js";
import { rememberTrials } from "../batch/remember-trials.js";
import { tryBatches } from "../batch/try-batches.js";
import type { RunObserver } from "../engine/engine-metrics.js";
import { countRows, type Executor, type ExecutorOptions } from "./executor.js";
import { failureRecord } from "./failure-record.js";
import { type LoadedCore, type LoadReport, loadCore } from "./load-core.js";
import { runFailure } from "./run-failure.js";
import type { RunSpans } from "./run-spans.js";

/** How long one turn of the event loop may run the model before it looks at the sockets again. */
const turnMs = 3;

/** Runs of a turn at most: by then the cost of the turn itself does not show any more. */
const maxRunsPerTurn = 64;

/** Runs that fit into a turn, by what one takes at present: full batches where many requests come in a turn. */
function runsPerTurn(runMs: number): number {
  return Math.min(Math.max(1, Math.floor(turnMs / runMs)), maxRunsPerTurn);
}

/** Runs a model on this thread: for models whose run is shorter than the way to a worker. */
export class InlineExecutor implements Executor {
  readonly report: LoadReport;
  readonly batching: BatchingChoice;
  readonly pids: readonly number[] = [];
  readonly #core: LoadedCore["core"];
  readonly #engine: string;
  readonly #clock: Clock;
  readonly #observer: RunObserver;
  readonly #batcher: Batcher;
  #lastEnd = 0;
  #closed: Promise<void> | undefined;

  private constructor({ core, report }: LoadedCore, options: ExecutorOptions, batching: BatchingChoice) {
    const { engine, limits, clock, observer, arrivals } = options;
    const { runMicros } = report.warmUp;
    this.report = report;
    this.batching = batching;
    this.#core = core;
    this.#engine = engine;
    this.#clock = clock;
    this.#observer = observer;
    this.#batcher = new Batcher({
      engine,
      policy: batching.policy,
      limits,
      clock,
      observer,
      arrivals,
      slots: () => runsPerTurn(this.#batcher.runMs),
      isParallel: false,
      runMs: (runMicros ?? 0) / 1000,
      start: (batch) => this.#run(batch),
    });
  }

  /** @throws what the core throws when it cannot load the model. */
  static async create(options: ExecutorOptions): Promise<InlineExecutor> {
    const { batch, source } = options;
    const loaded = await loadCore(source, { copy: 0, key: options.key?.copy() });
    const { core, report } = loaded;
    const tryOut = rememberTrials(options, (trial) => tryBatches(core, { ...trial, model: source.model }));
    const batching = await chooseBatching(batch, report.signature, tryOut);
    return new InlineExecutor(loaded, options, batching);
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

  refusal(call?: Call): ServeError | undefined {
    return this.#batcher.refusal(call);
  }

  close(): Promise<void> {
    this.#closed ??= this.#batcher.close().then(() => this.#core.release());
    return this.#closed;
  }

  /**
   * Runs asked for in one turn follow each other: each begins where the one before it ended. ONNX Runtime begins the first
   * in an immediate of its own, after one that is set here: what the event loop does until then is no time of the model.
   */
  async #run({ inputs, spans, onRan }: Batch): Promise<TensorMap> {
    let begunAt = this.#clock.now();
    setImmediate(() => {
      begunAt = this.#clock.now();
    });
    let error: Code | undefined;
    try {
      return await this.#core.run(inputs);
    } catch (thrown) {
      error = Code.opFailure;
      throw runFailure(this.#engine, failureRecord(thrown));
    } finally {
      const now = this.#clock.now();
      const startedAt = Math.max(begunAt, this.#lastEnd);
      this.#lastEnd = now;
      const rows = countRows(this.report.signature.inputs, inputs);
      this.#observer.ran(now - startedAt, rows);
      onRan(now - startedAt);
      for (const one of spans) {
        one.beginRun(startedAt);
        one.endRun(now, { rows, error });
      }
    }
  }
}
