/** Part of the interval after which the first probe comes. */
const firstShare = 1 / 16;

/**
 * How long to wait before a probe, in ms: a server that was started anew is back within a second, one that is gone need not be
 * asked more often than the interval says. Without the jitter, which is 20 % either way.
 * @param probes made since the server was last seen to work
 */
export function planProbeWait(probes: number, intervalMs: number): number {
  return intervalMs * Math.min(firstShare * 2 ** probes, 1);
}
