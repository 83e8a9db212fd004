import type { Timer } from "./clock.js";

/** setTimeout takes at most a signed 32-bit delay; a longer one would fire at once. */
const maxDelayMs = 2 ** 31 - 1;

/**
 * Many timers on one of Node's, the one that is due first. Most timers are deadlines that are taken back long before they
 * are due: setting and taking back such a one touches a heap and no system timer. They do not keep the process alive.
 */
export class TimerQueue {
  readonly #now: () => number;
  /** A binary heap: none is due before the one at half its place. */
  readonly #heap: QueuedTimer[] = [];
  #timeout: NodeJS.Timeout | undefined;
  #timeoutAt = Number.POSITIVE_INFINITY;
  readonly #onTimeout = (): void => {
    // Node's own clock may be a little ahead.
    const now = Math.max(this.#now(), this.#timeoutAt);
    this.#timeoutAt = Number.POSITIVE_INFINITY;
    try {
      this.#runDue(now);
    } finally {
      this.#schedule();
    }
  };

  /** `now` gives milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Runs `callback` once after `delayMs`; as `Clock.setTimer`. */
  add(callback: () => void, delayMs: number, from: number = this.#now()): Timer {
    const timer = new QueuedTimer(callback, from + Math.max(delayMs, 0), this.#remove);
    this.#heap.push(timer);
    this.#rise(timer, this.#heap.length - 1);
    if (timer.place === 0) this.#schedule();
    return timer;
  }

  #runDue(now: number): void {
    for (let first = this.#heap[0]; first && first.dueAt <= now; first = this.#heap[0]) {
      first.cancel();
      first.callback();
    }
  }

  /** Sees to it that the first is not missed. A timeout that comes too early only looks, and is set anew. */
  #schedule(): void {
    const dueAt = this.#heap[0]?.dueAt ?? Number.POSITIVE_INFINITY;
    if (dueAt >= this.#timeoutAt) return;
    clearTimeout(this.#timeout);
    this.#timeout = setTimeout(this.#onTimeout, Math.min(Math.ceil(dueAt - this.#now()), maxDelayMs));
    this.#timeout.unref();
    this.#timeoutAt = dueAt;
  }

  readonly #remove = (timer: QueuedTimer): void => {
    const { place } = timer;
    const last = this.#heap.pop();
    if (!last || last === timer) return;
    this.#rise(last, place);
    this.#sink(last, last.place);
  };

  #rise(timer: QueuedTimer, from: number): void {
    let place = from;
    while (place > 0) {
      const above = this.#heap[(place - 1) >>> 1];
      if (!above || above.dueAt <= timer.dueAt) break;
      this.#put(above, place);
      place = (place - 1) >>> 1;
    }
    this.#put(timer, place);
  }

  #sink(timer: QueuedTimer, from: number): void {
    let place = from;
    for (;;) {
      const left = this.#heap[2 * place + 1];
      const right = this.#heap[2 * place + 2];
      const below = left && right && right.dueAt < left.dueAt ? right : left;
      if (!below || below.dueAt >= timer.dueAt) break;
      const free = place;
      place = below.place;
      this.#put(below, free);
    }
    this.#put(timer, place);
  }

  #put(timer: QueuedTimer, place: number): void {
    this.#heap[place] = timer;
    timer.place = place;
  }
}

class QueuedTimer implements Timer {
  readonly callback: () => void;
  readonly dueAt: number;
  /** In the heap; kept by the queue. */
  place = 0;
  #remove: ((timer: QueuedTimer) => void) | undefined;

  constructor(callback: () => void, dueAt: number, remove: (timer: QueuedTimer) => void) {
    this.callback = callback;
    this.dueAt = dueAt;
    this.#remove = remove;
  }

  cancel(): void {
    this.#remove?.(this);
    this.#remove = undefined;
  }
}
