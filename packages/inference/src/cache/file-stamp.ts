import type { BigIntStats } from "node:fs";

/** What a file system tells of a file without reading it; another one when the file was written or replaced. */
export function fileStamp({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
}

/** Steps of a file system's clock: Linux counts in at most 10 ms, and file systems of old in seconds. */
const [fineStepMs, coarseStepMs] = [100, 2000];

/**
 * Whether whatever is written from `nowMs` on, since the epoch, gives a file another stamp: a file written a moment ago
 * may be written once more before the clock of its file system ticks.
 */
export function isSettled(
  { mtimeNs, ctimeNs }: Pick<BigIntStats, "mtimeNs" | "ctimeNs">,
  nowMs: number,
): boolean {
  const isCoarse = ctimeNs % 1_000_000_000n === 0n;
  const newestMs = Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n);
  return newestMs + (isCoarse ? coarseStepMs : fineStepMs) < nowMs;
}
