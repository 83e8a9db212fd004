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

/** setTimeout takes at most a signed 32-bit delay; a longer one would fire at once. */
const maxDelayMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  epochMicros: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
  setTimer(callback, delayMs) {
    const timeout = setTimeout(callback, Math.min(Math.max(delayMs, 0), maxDelayMs));
    timeout.unref();
    return { cancel: () => clearTimeout(timeout) };
  },
};
