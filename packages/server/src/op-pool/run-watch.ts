import type { Call, Clock, Timer } from "@paddlewheel/core";

export interface RunWatchOptions {
  readonly call: Call;
  readonly clock: Clock;
  /** The flag of the run in shared memory. */
  readonly stopFlags: Int32Array;
  readonly slot: number;
  /** Time a run may go on after its call has stopped. */
  readonly graceMs: number;
  /** The run has not ended within that time; its thread is ended next. */
  readonly onOverdue: () => void;
}

/** Watches over a run in a thread: tells it when its call has stopped, and ends the thread when it does not listen. */
export class RunWatch {
  readonly #options: RunWatchOptions;
  readonly #controller = new AbortController();
  readonly #forget: () => void;
  #overdue: Timer | undefined;

  constructor(options: RunWatchOptions) {
    this.#options = options;
    Atomics.store(options.stopFlags, options.slot, 0);
    this.#forget = options.call.onStop(() => this.#stopped());
  }

  /** Aborts when the thread must end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Nobody waits for the run. */
  get isAbandoned(): boolean {
    return this.#overdue !== undefined;
  }

  /** Ends the thread of the run. */
  abort(): void {
    this.#controller.abort();
  }

  /** The run is over. */
  end(): void {
    this.#forget();
    this.#overdue?.cancel();
  }

  #stopped(): void {
    const { clock, graceMs, onOverdue, slot, stopFlags } = this.#options;
    Atomics.store(stopFlags, slot, 1);
    this.#overdue = clock.setTimer(() => {
      onOverdue();
      this.abort();
    }, graceMs);
  }
}
