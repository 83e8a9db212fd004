import { TimerQueue } from "./timer-queue.js";

/** Time as seen by the framework; tests bring their own. */
export interface Clock {
  /** Monotonic milliseconds with a fraction; only differences have a meaning. */
  now(): number;
  /** Microseconds since the Unix epoch, for profile stamps: of now, or of a time that `now` gave. */
  epochMicros(at?: number): number;
  /**
   * Runs `callback` once after `delayMs`; does not keep the process alive.
   * @param from what the delay counts from, for who has just read the clock; now when it is not given
   */
  setTimer(callback: () => void, delayMs: number, from?: number): Timer;
}

export interface Timer {
  /** After this the callback does not run; calling it again, or after the run, does nothing. */
  cancel(): void;
}

// Node defines some globals by getters, which are asked anew each time.
const { performance } = globalThis;
const now = (): number => performance.now();
const timers = new TimerQueue(now);
/** Read once: it does not change, and asking for it takes longer than asking for the time. */
const { timeOrigin } = performance;

export const systemClock: Clock = {
  now,
  epochMicros: (at = now()) => Math.round((timeOrigin + at) * 1000),
  setTimer: (callback, delayMs, from) => timers.add(callback, delayMs, from),
};
