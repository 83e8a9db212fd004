import type { Clock } from "@paddlewheel/core/message";

/** setTimeout takes at most a signed 32-bit delay; a longer one would fire at once. */
const maxDelayMs = 2 ** 31 - 1;

/** Timers of any page or worker. */
export const pageClock: Pick<Clock, "setTimer"> = {
  setTimer(callback, delayMs) {
    const timeout = setTimeout(callback, Math.min(Math.max(delayMs, 0), maxDelayMs));
    return { cancel: () => clearTimeout(timeout) };
  },
};
