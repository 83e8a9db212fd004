/** Something with output to write. */
export interface Flushable {
  flush(): void;
}

/**
 * Writes what was made in one turn of the event loop once, at its end: the answers of one turn to one connection leave
 * in one write, which halves their price.
 */
export class FlushQueue {
  #waiting: Flushable[] = [];

  /** `flushable` must not be in the queue already. */
  add(flushable: Flushable): void {
    this.#waiting.push(flushable);
    if (this.#waiting.length === 1) setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const flushable of waiting) flushable.flush();
  };
}
