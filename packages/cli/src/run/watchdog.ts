/** Time beyond the drain limit that a stop may take, for models to finish their last run, in ms. */
const marginMs = 10_000;

/**
 * Ends the process by SIGKILL if it still lives some time after the drain limit. An orderly end is by an event loop
 * that has run empty: `process.exit` while a thread is inside a native run aborts the process with a core dump.
 */
export function startWatchdog(drainTimeoutMs: number, beforeKill: (afterMs: number) => void): void {
  const afterMs = drainTimeoutMs + marginMs;
  const kill = (): void => {
    beforeKill(afterMs);
    process.kill(process.pid, "SIGKILL");
  };
  // It must not be what keeps the loop alive.
  setTimeout(kill, afterMs).unref();
}
