import type { ClientLimits } from "./client-limits.js";

/**
 * Time without new connections after so many failed in a row, in ms: doubled with each one, and spread by ± 20 % so that
 * the clients of a server that went down do not come back all at once.
 * @param chance a number from 0 to below 1
 */
export function planBackoff(
  failures: number,
  { minBackoffMs, maxBackoffMs }: Pick<ClientLimits, "minBackoffMs" | "maxBackoffMs">,
  chance: number,
): number {
  const backoffMs = Math.min(minBackoffMs * 2 ** (failures - 1), maxBackoffMs);
  return backoffMs * (0.8 + 0.4 * chance);
}
