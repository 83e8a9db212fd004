import { type Call, Code, ServeError } from "@paddlewheel/core";

/** Somebody in the line. */
interface Waiting {
  readonly call: Call;
  readonly resolve: (slot: number) => void;
  readonly reject: (reason: ServeError) => void;
  /** Stops listening to the call. */
  forget: () => void;
}

/**
 * The places of runs under way, numbered from 0, and the line before them: first come first served, of limited length.
 * Whose call stops leaves the line.
 */
export class ThreadSlots {
  readonly #count: number;
  readonly #maxQueue: number;
  readonly #free: number[];
  /** In the order of arrival; a set gives up any member at once. */
  readonly #waiting = new Set<Waiting>();
  #onIdle: (() => void) | undefined;

  constructor(count: number, maxQueue: number) {
    this.#count = count;
    this.#maxQueue = maxQueue;
    this.#free = Array.from({ length: count }, (_, i) => count - 1 - i);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get taken(): number {
    return this.#count - this.#free.length;
  }

  /**
   * Gives a slot, when there is one; whoever takes it gives it back.
   * @throws ServeError resourceExhausted when too many wait, and the reason of a call that stopped while it waited.
   */
  async take(call: Call): Promise<number> {
    const slot = this.#free.pop();
    if (slot !== undefined) return slot;
    if (this.#waiting.size < this.#maxQueue) return this.#wait(call);
    const message = `${this.#maxQueue} runs wait for a thread of the op pool, which is its limit`;
    throw new ServeError(Code.resourceExhausted, message);
  }

  give(slot: number): void {
    for (const one of this.#waiting) {
      // Asking a call that is over stops it, and then it leaves by its listener: timers may be late.
      if (one.call.stopReason) continue;
      this.#leave(one);
      one.resolve(slot);
      return;
    }
    this.#free.push(slot);
    if (this.taken === 0) this.#onIdle?.();
  }

  /** Sends everybody in the line away. */
  rejectWaiting(reason: ServeError): void {
    for (const one of this.#waiting) {
      this.#leave(one);
      one.reject(reason);
    }
  }

  /** Resolves when every slot is free; nobody waits then. For one caller. */
  idle(): Promise<void> {
    if (this.taken === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #wait(call: Call): Promise<number> {
    return new Promise((resolve, reject) => {
      const one: Waiting = { call, resolve, reject, forget: () => {} };
      this.#waiting.add(one);
      one.forget = call.onStop((reason) => {
        this.#waiting.delete(one);
        reject(reason);
      });
    });
  }

  #leave(one: Waiting): void {
    this.#waiting.delete(one);
    one.forget();
  }
}
