/** The runs each thread was handed and has not answered, in its order: it is at the first of them, the others wait. */
export class ThreadRuns {
  readonly #begins = new Map<number, (() => void)[]>();

  /** The thread with the fewest runs; undefined when there is none. */
  leastBusy(threads: Iterable<number>): number | undefined {
    let best: number | undefined;
    for (const thread of threads) {
      if (best === undefined || this.#count(thread) < this.#count(best)) best = thread;
    }
    return best;
  }

  /** `onBegin` is called when the thread comes to the run, at once if it has no other. */
  add(thread: number, onBegin: () => void): void {
    const begins = this.#begins.get(thread);
    if (begins) {
      begins.push(onBegin);
    } else {
      this.#begins.set(thread, [onBegin]);
      onBegin();
    }
  }

  /** The thread has answered its first run, and is at the next. */
  answered(thread: number): void {
    const begins = this.#begins.get(thread);
    begins?.shift();
    const [next] = begins ?? [];
    if (next) next();
    else this.#begins.delete(thread);
  }

  /** The thread has ended, and comes to none of its runs. */
  forget(thread: number): void {
    this.#begins.delete(thread);
  }

  #count(thread: number): number {
    return this.#begins.get(thread)?.length ?? 0;
  }
}
