import { TimerQueue } from "./timer-queue.js";

/** Time as seen by the framework; tests bring their own. */
export interface Clock {
  /** Monotonic milliseconds with a fraction; only differences have a meaning. */
  now(): number;
  /** Microseconds since the Unix epoch, for profile stamps. */
  epochMicros(): number;
  /** Runs `callback` once after `delayMs`; does not keep the process alive. */
  setTimer(callback: () => void, delayMs: number): Timer;
}

export interface Timer {
  /** After this the callback does not run; calling it again, or after the run, does nothing. */
  cancel(): void;
}

const now = (): number => performance.now();
const timers = new TimerQueue(now);
/** Read once: it does not change, and asking for it takes longer than asking for the time. */
const { timeOrigin } = performance;

export const systemClock: Clock = {
  now,
  epochMicros: () => Math.round((timeOrigin + now()) * 1000),
  setTimer: (callback, delayMs) => timers.add(callback, delayMs),
};
