import type { Clock, Timer } from "../observe/clock.js";

interface PendingTimer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** Epoch of a ManualClock at its time 0, in microseconds: a fixed day, so that stamps in tests are the same each run. */
const epochAtZeroMicros = 1_700_000_000_000_000;

/**
 * A Clock that stands still until a test moves it. Timers run inside `advance`, in the order they fall due and, of
 * those due together, in the order they were set; what waits on promises they settle runs only once the test awaits.
 */
export class ManualClock implements Clock {
  #now: number;
  readonly #timers = new Set<PendingTimer>();

  /** `startMs` is what `now` says until the first `advance`. */
  constructor(startMs = 0) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  epochMicros(at: number = this.#now): number {
    return epochAtZeroMicros + Math.round(at * 1000);
  }

  setTimer(callback: () => void, delayMs: number, from: number = this.#now): Timer {
    const timer = { dueAt: from + Math.max(delayMs, 0), callback };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** Timers that are set and neither cancelled nor run. */
  get timerCount(): number {
    return this.#timers.size;
  }

  /**
   * Moves time forward and runs every timer that falls due, at its own time; also those that timers set meanwhile.
   * @throws RangeError when `ms` is negative or no number; what a timer throws passes through.
   */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`a clock cannot advance by ${ms} ms`);
    const end = this.#now + ms;
    for (let timer = this.#nextDue(end); timer; timer = this.#nextDue(end)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.dueAt);
      timer.callback();
    }
    this.#now = end;
  }

  #nextDue(end: number): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueAt <= end && timer.dueAt < (next?.dueAt ?? Number.POSITIVE_INFINITY)) next = timer;
    }
    return next;
  }
}
