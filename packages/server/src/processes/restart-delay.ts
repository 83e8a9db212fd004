const firstDelayMs = 100;
const maxDelayMs = 10_000;

/** A process that served for so long has shown that it can: its end is not held against the next one, in ms. */
export const healthyAfterMs = 60_000;

/**
 * How long to wait before a process is started in the place of one that died, in ms: 100, twice as long each time, up to
 * 10 s, so that one that cannot live costs the others little.
 * @param deaths in a row, with the last one, from 1 on.
 */
export function restartDelayMs(deaths: number): number {
  return Math.min(firstDelayMs * 2 ** (deaths - 1), maxDelayMs);
}
