const firstPauseMs = 100;
const maxPauseMs = 60_000;

/**
 * How long to wait before a worker process is started in the place of one that ended, in ms: nothing at first, then 100,
 * twice as long each time, so that a copy that cannot live costs little.
 * @param deaths of it in a row without an answered run between them, from 1 on.
 */
export function restartPauseMs(deaths: number): number {
  return deaths <= 1 ? 0 : Math.min(firstPauseMs * 2 ** (deaths - 2), maxPauseMs);
}
