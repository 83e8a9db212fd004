import { type Call, type Clock, Code, ServeError, type TensorMap } from "@paddlewheel/core";
import type { RunSpans } from "../run/run-spans.js";
import { canMerge, mergeRows, splitRows } from "./rows.js";

export interface TickBatcherOptions {
  /** Name of the engine, for messages. */
  readonly engine: string;
  /** Rows of one merged run; a single run with more goes alone. */
  readonly maxRows: number;
  /** Rows one turn of the event loop takes on, in one batch or several, before the sockets are looked at again. */
  readonly rowsPerTurn: number;
  /** Runs that may wait; one more is refused. */
  readonly maxQueueSize: number;
  readonly clock: Clock;
  /** Runs the model, and tells the spans of those it runs for. */
  readonly start: (inputs: TensorMap, spans: readonly RunSpans[]) => Promise<TensorMap>;
  /** Told of every run that starts how many milliseconds it waited. */
  readonly onStart: (waitedMs: number) => void;
  /** Runs `task` after the sockets have been looked at once more; `setImmediate` by default. */
  readonly defer?: (task: () => void) => void;
}

interface WaitingRun {
  readonly inputs: TensorMap;
  readonly rows: number;
  readonly call: Call | undefined;
  readonly spans: RunSpans | undefined;
  readonly since: number;
  readonly resolve: (outputs: TensorMap) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Merges the runs that come in during one turn of the event loop, for models whose run costs less than the way to it.
 * Nothing waits for company: a run alone starts at once, and those that arrive meanwhile go together. Only rows of one
 * shape merge; when a merged run fails, each of its runs is tried alone, so that nobody pays for a neighbour.
 */
export class TickBatcher {
  readonly #options: TickBatcherOptions;
  readonly #defer: (task: () => void) => void;
  #waiting: WaitingRun[] = [];
  #running = 0;
  #isDraining = false;
  #isClosed = false;
  /** Runs of the last turn: more than one means that more are likely to come in this turn. */
  #lastSize = 1;
  #onEmpty: (() => void)[] = [];

  constructor(options: TickBatcherOptions) {
    this.#options = options;
    this.#defer = options.defer ?? setImmediate;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get running(): number {
    return this.#running;
  }

  /**
   * Runs the model on these inputs, alone or with others.
   * @throws ServeError resourceExhausted when too many wait, unavailable after `close`, the reason of a call that
   * stopped before the start; and what `start` throws.
   */
  run(inputs: TensorMap, call?: Call, spans?: RunSpans): Promise<TensorMap> {
    return new Promise((resolve, reject) => {
      this.#checkOpen();
      const since = this.#options.clock.now();
      const stopReason = call?.stopReasonAt(since);
      if (stopReason) throw stopReason;
      this.#waiting.push({ inputs, rows: rowsOf(inputs), call, spans, since, resolve, reject });
      spans?.beginWait(since);
      this.#wake();
    });
  }

  /** Takes no new runs; resolves when the waiting and the running ones are done. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (!this.#isDraining) return;
    await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  #checkOpen(): void {
    const { engine, maxQueueSize } = this.#options;
    if (this.#isClosed) throw new ServeError(Code.unavailable, `engine "${engine}" is closed`);
    if (this.#waiting.length < maxQueueSize) return;
    throw new ServeError(
      Code.resourceExhausted,
      `engine "${engine}": ${maxQueueSize} runs are waiting, the limit of max_queue_size`,
    );
  }

  #wake(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    if (this.#lastSize > 1) this.#defer(() => void this.#drain());
    else void this.#drain();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batches = this.#takeTurn();
      this.#running = batches.reduce((sum, batch) => sum + batch.length, 0);
      await Promise.all(batches.map((batch) => this.#runBatch(batch)));
      this.#running = 0;
    }
    this.#isDraining = false;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  /** What the next turn runs. */
  #takeTurn(): (readonly WaitingRun[])[] {
    const batches: (readonly WaitingRun[])[] = [];
    let rows = 0;
    while (this.#waiting.length > 0 && rows < this.#options.rowsPerTurn) {
      const batch = this.#takeBatch();
      if (batch.length > 0) batches.push(batch);
      rows += Math.max(
        1,
        batch.reduce((sum, run) => sum + run.rows, 0),
      );
    }
    this.#lastSize = batches.reduce((sum, batch) => sum + batch.length, 0);
    return batches;
  }

  /** The first run that somebody still waits for, and whoever fits with it; the others keep their order. */
  #takeBatch(): readonly WaitingRun[] {
    const { clock, maxRows, onStart } = this.#options;
    const now = clock.now();
    const batch: WaitingRun[] = [];
    const rest: WaitingRun[] = [];
    let rows = 0;
    for (const run of this.#waiting) {
      const stopReason = run.call?.stopReason;
      if (stopReason) {
        run.spans?.endWait(now, { isLeaving: true });
        run.reject(stopReason);
      } else if (!batch[0] || (rows + run.rows <= maxRows && canMerge(batch[0].inputs, run.inputs))) {
        batch.push(run);
        rows += run.rows;
        onStart(now - run.since);
        run.spans?.endWait(now);
      } else rest.push(run);
    }
    this.#waiting = rest;
    return batch;
  }

  async #runBatch(batch: readonly WaitingRun[]): Promise<void> {
    const [first] = batch;
    if (batch.length === 1 && first) await this.#runAlone(first);
    else if (!(await this.#runMerged(batch))) {
      for (const run of batch) await this.#runAlone(run);
    }
  }

  async #runMerged(batch: readonly WaitingRun[]): Promise<boolean> {
    const { clock, start } = this.#options;
    const spans = spansOf(batch);
    for (const one of spans) one.beginBatch(clock.now());
    try {
      const outputs = await start(mergeRows(batch.map(({ inputs }) => inputs)), spans);
      const parts = splitRows(
        outputs,
        batch.map(({ rows }) => rows),
      );
      this.#endBatch(batch, spans, true);
      for (const [i, run] of batch.entries()) run.resolve(parts[i] ?? new Map());
      return true;
    } catch {
      this.#endBatch(batch, spans, false);
      return false;
    }
  }

  #endBatch(batch: readonly WaitingRun[], spans: readonly RunSpans[], isDone: boolean): void {
    if (spans.length === 0) return;
    const rows = batch.reduce((sum, run) => sum + run.rows, 0);
    const now = this.#options.clock.now();
    for (const one of spans) one.endBatch(now, { rows, requests: batch.length, isDone });
  }

  async #runAlone(run: WaitingRun): Promise<void> {
    try {
      run.resolve(await this.#options.start(run.inputs, spansOf([run])));
    } catch (error) {
      run.reject(error);
    }
  }
}

const noSpans: readonly RunSpans[] = [];

/** Of those runs that somebody wants to see; most often there is none. */
function spansOf(batch: readonly WaitingRun[]): readonly RunSpans[] {
  if (!batch.some(({ spans }) => spans)) return noSpans;
  return batch.flatMap(({ spans }) => spans ?? noSpans);
}

/** Rows of a run; every input of a model with a batch axis has the same. */
function rowsOf(inputs: TensorMap): number {
  const [first] = inputs.values();
  return first?.shape[0] ?? 1;
}
