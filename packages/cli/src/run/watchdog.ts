import type { Clock } from "@paddlewheel/core";

/** Time beyond the drain limit that a stop may take, for models to finish their last run, in ms. */
const marginMs = 10_000;

export interface WatchdogOptions {
  readonly drainTimeoutMs: number;
  /** Its timers must not keep the process alive. */
  readonly clock: Clock;
  /** Ends the process at once, by SIGKILL. */
  readonly kill: (afterMs: number) => void;
}

/**
 * Kills the process if it still lives some time after the drain limit. An orderly end is by an event loop that has run
 * empty: `process.exit` while a thread is inside a native run aborts the process with a core dump.
 */
export function startWatchdog({ drainTimeoutMs, clock, kill }: WatchdogOptions): void {
  const afterMs = drainTimeoutMs + marginMs;
  clock.setTimer(() => kill(afterMs), afterMs);
}
