import { type Clock, systemClock } from "@paddlewheel/core";

/** The system's clock with timers that keep the process alive: of calls that wait for nothing else. */
export const waitingClock: Clock = {
  now: () => systemClock.now(),
  epochMicros: (at) => systemClock.epochMicros(at),
  setTimer(callback, delayMs) {
    const timeout = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timeout) };
  },
};
