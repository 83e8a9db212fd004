import { type Call, type Clock, Code, ServeError, type TensorMap } from "@paddlewheel/core";
import type { RunSpans } from "./run-spans.js";

export interface RunQueueOptions {
  /** Name of the engine, for messages. */
  readonly engine: string;
  /** Runs that may wait; one more is refused. */
  readonly maxQueueSize: number;
  readonly clock: Clock;
  /** How many runs may be under way now; whoever lets it grow calls `dispatch`. */
  readonly slots: () => number;
  /** Starts a run that has a slot. */
  readonly start: (inputs: TensorMap, spans: RunSpans | undefined) => Promise<TensorMap>;
  /** Told of every run that starts how many milliseconds it waited. */
  readonly onStart: (waitedMs: number) => void;
}

/** A run in the line. */
interface WaitingRun {
  readonly inputs: TensorMap;
  readonly call: Call | undefined;
  readonly spans: RunSpans | undefined;
  readonly since: number;
  readonly resolve: (outputs: Promise<TensorMap>) => void;
  readonly reject: (reason: ServeError) => void;
  /** Stops listening to the call. */
  forget: (() => void) | undefined;
}

/**
 * The line before the copies of a model: first come first served, of limited length. A run whose call stops leaves
 * the line; one that has started is never touched again. A batcher will take this place: it too has waiting runs,
 * slots and a start.
 */
export class RunQueue {
  readonly #options: RunQueueOptions;
  /** In the order of arrival; a set gives up any member at once, so runs that left hold no memory. */
  readonly #waiting = new Set<WaitingRun>();
  #running = 0;
  #closed: Promise<void> | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(options: RunQueueOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get running(): number {
    return this.#running;
  }

  /**
   * Starts the run when there is a slot, else lets it wait for one.
   * @throws ServeError resourceExhausted when too many wait, unavailable after `close`, the reason of a call that
   * stopped before the start; and what `start` throws.
   */
  async run(inputs: TensorMap, call?: Call, spans?: RunSpans): Promise<TensorMap> {
    const { engine, maxQueueSize } = this.#options;
    if (this.#closed !== undefined) throw new ServeError(Code.unavailable, `engine "${engine}" is closed`);
    call?.throwIfStopped();
    if (this.#hasSlot()) return this.#start(inputs, spans);
    if (this.#waiting.size < maxQueueSize) return this.#wait({ inputs, call, spans });
    throw new ServeError(
      Code.resourceExhausted,
      `engine "${engine}": ${maxQueueSize} runs are waiting, the limit of max_queue_size`,
    );
  }

  /** Starts as many waiting runs as there are slots. */
  dispatch(): void {
    for (const run of this.#waiting) {
      if (!this.#hasSlot()) break;
      // Asking a call that is over stops it, and then it leaves by its listener: timers may be late.
      if (run.call?.stopReason) continue;
      this.#leave(run);
      run.resolve(this.#start(run.inputs, run.spans, run.since));
    }
    this.#checkEmpty();
  }

  /** Sends everybody in the line away. */
  rejectWaiting(reason: ServeError): void {
    for (const run of this.#waiting) {
      this.#turnAway(run);
      run.reject(reason);
    }
    this.#checkEmpty();
  }

  /** Takes no new runs; resolves when the waiting and the running ones are done. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
    this.#checkEmpty();
    return this.#closed;
  }

  #hasSlot(): boolean {
    return this.#running < this.#options.slots();
  }

  #wait(asked: Pick<WaitingRun, "inputs" | "call" | "spans">): Promise<TensorMap> {
    return new Promise((resolve, reject) => {
      const since = this.#options.clock.now();
      const run: WaitingRun = { ...asked, since, resolve, reject, forget: undefined };
      this.#waiting.add(run);
      run.spans?.beginWait(since);
      run.forget = run.call?.onStop((reason) => {
        this.#turnAway(run);
        reject(reason);
        this.#checkEmpty();
      });
    });
  }

  #leave(run: WaitingRun): void {
    this.#waiting.delete(run);
    run.forget?.();
  }

  /** It never started. */
  #turnAway(run: WaitingRun): void {
    this.#leave(run);
    run.spans?.endWait(this.#options.clock.now(), { isLeaving: true });
  }

  async #start(inputs: TensorMap, spans: RunSpans | undefined, since?: number): Promise<TensorMap> {
    this.#running++;
    this.#options.onStart(this.#endWait(spans, since));
    try {
      return await this.#options.start(inputs, spans);
    } finally {
      this.#running--;
      this.dispatch();
    }
  }

  /** Gives how long the run waited, in milliseconds; without `since` it did not. */
  #endWait(spans: RunSpans | undefined, since: number | undefined): number {
    if (since === undefined) return 0;
    const now = this.#options.clock.now();
    spans?.endWait(now);
    return now - since;
  }

  #checkEmpty(): void {
    if (this.#running === 0 && this.#waiting.size === 0) this.#onEmpty?.();
  }
}
