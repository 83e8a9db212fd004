import { readFileSync } from "node:fs";

/** Bytes of this process that are its alone, and all it has in memory, mapped files included. */
export interface OwnMemory {
  readonly anonymousBytes: number;
  readonly residentBytes: number;
}

/**
 * What this process holds now. Pages of mapped files count in the resident size of every process that maps them, and
 * the kernel may drop them; anonymous memory is what a copy really costs.
 */
export function readOwnMemory(): OwnMemory {
  return parseSmapsRollup(readFileSync("/proc/self/smaps_rollup", "utf8"));
}

/** Reads the text of `/proc/PID/smaps_rollup`. */
export function parseSmapsRollup(text: string): OwnMemory {
  const bytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text)?.[1]) * 1024;
  return { anonymousBytes: bytes("Anonymous"), residentBytes: bytes("Rss") };
}
