import type { ServeError } from "./serve-error.js";

/** Told why a call stops. */
export type StopListener = (reason: ServeError) => void;

/** A listener in its chain, by which it is taken back. */
export interface StopListening {
  readonly listener: StopListener;
  /** The one that came before it. */
  before: StopListening | undefined;
}

/**
 * Who wants to hear of the stop of a call. A call has few listeners, and those that come last mostly go first: a chain from
 * the last to the first costs less memory and time than a Set.
 */
export class StopListeners {
  #last: StopListening | undefined;

  get count(): number {
    let count = 0;
    for (let one = this.#last; one; one = one.before) count++;
    return count;
  }

  add(listener: StopListener): StopListening {
    this.#last = { listener, before: this.#last };
    return this.#last;
  }

  /** Does nothing when it is not in the chain any more. */
  remove(listening: StopListening): void {
    if (this.#last === listening) {
      this.#last = listening.before;
      return;
    }
    for (let later = this.#last; later; later = later.before) {
      if (later.before === listening) later.before = listening.before;
    }
  }

  clear(): void {
    this.#last = undefined;
  }

  /** First come, first. */
  inTurn(): readonly StopListener[] {
    const listeners: StopListener[] = [];
    for (let one = this.#last; one; one = one.before) listeners.push(one.listener);
    return listeners.reverse();
  }
}
