import { type Clock, Code, type Logger, ServeError, type TensorMap, type Timer } from "@paddlewheel/core";
import type { Allocate } from "../../batch/merge-rows.js";
import { type BatchTrial, failedTrial, type TrialOptions } from "../../batch/try-batches.js";
import type { CipherKey } from "../../encrypt/cipher-key.js";
import { type RunObserver, WorkerEnd } from "../../engine/engine-metrics.js";
import { BufferPool } from "../buffer-pool.js";
import type { CoreSource, LoadReport } from "../load-core.js";
import type { CopyRun, ModelCopies, RunRequest } from "../model-copies.js";
import type { Frame, ReadFrame } from "./frames.js";
import { fromParts, type LoadAnswer, type RunAnswer, toParts, type WorkerRequest } from "./messages.js";
import { digestTensors, Quarantine, quarantineLimits } from "./quarantine.js";
import { restartPauseMs } from "./restart-pause.js";
import { type WorkerEnding, WorkerProcess } from "./worker-process.js";

export interface ProcessCopiesOptions {
  /** Name of the engine, for messages. */
  readonly engine: string;
  readonly source: CoreSource;
  /** See `ExecutorOptions.key`. */
  readonly key?: CipherKey | undefined;
  /** Processes. */
  readonly threads: number;
  /** Milliseconds after which a process is killed for its run; 0 for never. */
  readonly maxRunMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: Pick<RunObserver, "workerEnded" | "workerRestarted" | "rerun" | "quarantined">;
  /** One more copy can run. */
  readonly onReady: () => void;
  /** No copy is left and loading one again has failed. */
  readonly onBroken: (reason: ServeError) => void;
}

/** One failed load may be the bad luck of a moment; after two in a row nobody is kept waiting for a third. */
const brokenAfterFailures = 2;

/** The place of one copy, whose process may be replaced. */
interface Slot {
  readonly copy: number;
  worker: WorkerProcess | undefined;
  isReady: boolean;
  /** Ends in a row without an answered run between them. */
  deaths: number;
  pause: Timer | undefined;
}

/** A copy that is taken for a run, or why there will be none. */
interface Taker {
  readonly resolve: (slot: Slot) => void;
  readonly reject: (reason: ServeError) => void;
}

/** A run that is given up, after it ended so many processes. */
interface FatalRun {
  readonly deaths: number;
  readonly error: ServeError;
}

/**
 * Copies of a model in processes of their own: what crashes or hangs in one ends nothing else. A process that ends is
 * replaced, and its run is done again on another one, as runs change nothing; only once, for it may be what ended it.
 */
export class ProcessCopies implements ModelCopies {
  /** None: what was sent to a process cannot be taken back, and a large input does not fit into a socket that nobody reads. */
  readonly ahead = 0;
  readonly allocate: Allocate;
  readonly #options: ProcessCopiesOptions;
  readonly #slots: readonly Slot[];
  readonly #idle: Slot[] = [];
  /** Runs whose process ended and that found no other; at most one per copy. */
  readonly #takers: Taker[] = [];
  readonly #buffers = new BufferPool();
  readonly #quarantine = new Quarantine();
  #signature: LoadReport["signature"] = { inputs: [], outputs: [] };
  #ready = 0;
  /** Loads that failed since the last one that did not. */
  #failures = 0;
  #isClosed = false;

  private constructor(options: ProcessCopiesOptions) {
    this.allocate = (byteLength) => this.#buffers.take(byteLength);
    this.#options = options;
    this.#slots = Array.from({ length: options.threads }, (_, copy) => {
      return { copy, worker: undefined, isReady: false, deaths: 0, pause: undefined };
    });
  }

  /**
   * Starts the processes; resolves when each has its copy, with the report of the one that took longest.
   * @throws Error that says why a copy cannot be loaded.
   */
  static async start(
    options: ProcessCopiesOptions,
  ): Promise<{ readonly copies: ProcessCopies; readonly report: LoadReport }> {
    const copies = new ProcessCopies(options);
    try {
      const reports = await Promise.all(copies.#slots.map((slot) => copies.#load(slot)));
      const report = reports.reduce((slowest, one) => (one.loadMs > slowest.loadMs ? one : slowest));
      return { copies, report };
    } catch (thrown) {
      await copies.close();
      throw thrown;
    }
  }

  get ready(): number {
    return this.#isClosed ? 0 : this.#ready;
  }

  get pids(): readonly number[] {
    return this.#slots.flatMap(({ isReady, worker }) => (isReady && worker ? worker.pid : []));
  }

  refusal(inputs: TensorMap): ServeError | undefined {
    return this.#broken ?? this.#quarantineOf(inputs);
  }

  get #broken(): ServeError | undefined {
    if (this.#failures < brokenAfterFailures || this.ready > 0) return undefined;
    const problem = "no worker process has the model; it is loaded again";
    return new ServeError(Code.unavailable, `engine "${this.#options.engine}": ${problem}`);
  }

  async run({ inputs, isOwned, onBegin }: RunRequest): Promise<CopyRun> {
    onBegin();
    const { tensors, parts } = toParts(this.#signature.inputs, inputs);
    const request: WorkerRequest = { kind: "run", tensors };
    const run = await this.#runTwice({ value: request, parts });
    if ("error" in run) {
      // Of inputs that were merged from several requests nobody knows which is to blame; each runs again alone.
      if (!isOwned) this.#quarantine.blame(this.#digest(inputs), run.deaths, this.#options.clock.now());
      throw run.error;
    }
    if (isOwned) this.#takeBack(inputs);
    return run;
  }

  async tryBatches(options: Omit<TrialOptions, "model">): Promise<BatchTrial> {
    const slot = await this.#take();
    const request: WorkerRequest = { kind: "tryBatches", options };
    const answer = await this.#ask(slot, { value: request, parts: [] });
    if (isEnding(answer)) return failedTrial(new Error(`the worker process ${answer.text}`));
    return answer.value as BatchTrial;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { pause } of this.#slots) pause?.cancel();
    await Promise.all(this.#slots.map(({ worker }) => worker?.kill()));
  }

  async #runTwice(frame: Frame): Promise<CopyRun | FatalRun> {
    const first = await this.#runOnce(frame);
    if (!isEnding(first)) return first;
    if (first.reason === WorkerEnd.maxRunMs) {
      return { deaths: 1, error: this.#error(Code.deadlineExceeded, first.text) };
    }
    this.#options.observer.rerun();
    const second = await this.#runOnce(frame);
    if (!isEnding(second)) return second;
    const code = second.reason === WorkerEnd.maxRunMs ? Code.deadlineExceeded : Code.opFailure;
    const text = `${second.text}, the second one that this run ended; it is not tried again`;
    return { deaths: 2, error: this.#error(code, text) };
  }

  async #runOnce(frame: Frame): Promise<CopyRun | WorkerEnding> {
    const slot = await this.#take();
    const worker = slot.worker?.pid ?? 0;
    const answer = await this.#ask(slot, frame, this.#options.maxRunMs);
    if (isEnding(answer)) return answer;
    slot.deaths = 0;
    const { ms, ...result } = answer.value as RunAnswer;
    if ("failure" in result) return { worker, ms, failure: result.failure };
    return { worker, ms, outputs: fromParts(this.#signature.outputs, result.tensors, answer.parts) };
  }

  /** Asks the process of a slot that was taken, and frees it. */
  async #ask(slot: Slot, frame: Frame, maxMs?: number): Promise<ReadFrame | WorkerEnding> {
    if (!slot.worker) throw new Error("a slot that is ready has a process");
    const answer = await slot.worker.ask(frame, maxMs);
    if (!isEnding(answer)) this.#free(slot);
    return answer;
  }

  async #take(): Promise<Slot> {
    const slot = this.#idle.pop();
    if (slot) return slot;
    const broken = this.#broken;
    if (broken) throw broken;
    return new Promise((resolve, reject) => this.#takers.push({ resolve, reject }));
  }

  /** Runs that were begun once go before those that still wait in line. */
  #free(slot: Slot): void {
    if (!slot.isReady) return;
    const taker = this.#takers.shift();
    if (taker) taker.resolve(slot);
    else this.#idle.push(slot);
  }

  #quarantineOf(inputs: TensorMap): ServeError | undefined {
    const { engine, clock, observer } = this.#options;
    const leftMs = this.#quarantine.leftMs(() => this.#digest(inputs), clock.now());
    if (leftMs === 0) return undefined;
    observer.quarantined();
    const problem = `runs with these inputs ended ${quarantineLimits.deaths} worker processes`;
    const text = `${problem}; they are refused for another ${Math.ceil(leftMs / 1000)} s`;
    return new ServeError(Code.invalidArgument, `engine "${engine}": ${text}`);
  }

  #digest(inputs: TensorMap): string {
    return digestTensors(this.#signature.inputs, inputs);
  }

  #takeBack(inputs: TensorMap): void {
    for (const { data } of inputs.values()) {
      if (ArrayBuffer.isView(data) && data.buffer instanceof ArrayBuffer) this.#buffers.give(data.buffer);
    }
  }

  /** @throws Error that says why the copy cannot be loaded; its process is gone then. */
  async #load(slot: Slot): Promise<LoadReport> {
    const { engine, clock, logger, source } = this.#options;
    const onEnd = (ending: WorkerEnding) => this.#onEnd(slot, ending);
    const worker = await WorkerProcess.start({ engine, clock, logger, onEnd });
    slot.worker = worker;
    if (this.#isClosed) await worker.kill();
    const key = this.#options.key?.copy();
    const request: WorkerRequest = { kind: "load", source, copy: slot.copy };
    const answer = await worker.ask({ value: request, parts: key ? [key] : [] });
    key?.fill(0);
    if (isEnding(answer)) throw new Error(`the worker process ${answer.text} while it loaded the model`);
    const loaded = answer.value as LoadAnswer;
    if ("failure" in loaded) {
      await worker.kill();
      throw new Error(loaded.failure.message);
    }
    this.#adopt(slot, loaded.report);
    return loaded.report;
  }

  #adopt(slot: Slot, { signature }: LoadReport): void {
    this.#signature = signature;
    this.#failures = 0;
    slot.isReady = true;
    this.#ready++;
    this.#free(slot);
    this.#options.onReady();
  }

  /** Of a process that ends while it loads, whoever waits for the load takes care. */
  #onEnd(slot: Slot, { reason, text }: WorkerEnding): void {
    if (!slot.isReady || this.#isClosed) return;
    const { engine, logger, observer } = this.#options;
    const pid = slot.worker?.pid;
    slot.isReady = false;
    this.#ready--;
    const index = this.#idle.indexOf(slot);
    if (index >= 0) this.#idle.splice(index, 1);
    observer.workerEnded(reason);
    logger.error({ engine, pid }, `a worker process ${text}`);
    this.#restart(slot);
  }

  #restart(slot: Slot): void {
    slot.deaths++;
    const pauseMs = restartPauseMs(slot.deaths);
    if (pauseMs === 0) void this.#reload(slot);
    else slot.pause = this.#options.clock.setTimer(() => void this.#reload(slot), pauseMs);
  }

  async #reload(slot: Slot): Promise<void> {
    const { engine, logger, observer } = this.#options;
    try {
      await this.#load(slot);
      observer.workerRestarted();
      logger.warn({ engine, pid: slot.worker?.pid }, "a worker process was replaced");
    } catch (thrown) {
      if (this.#isClosed) return;
      this.#failed(thrown);
      this.#restart(slot);
    }
  }

  #failed(thrown: unknown): void {
    const { engine, logger, onBroken } = this.#options;
    this.#failures++;
    logger.error(
      { engine, error: String(thrown), failures: this.#failures },
      "a worker process has no model",
    );
    const broken = this.#broken;
    if (!broken) return;
    for (const { reject } of this.#takers.splice(0)) reject(broken);
    onBroken(broken);
  }

  #error(code: Code, text: string): ServeError {
    return new ServeError(code, `engine "${this.#options.engine}": the worker process ${text}`);
  }
}

function isEnding(answer: CopyRun | ReadFrame | WorkerEnding): answer is WorkerEnding {
  return "reason" in answer;
}
