import type { EntryUse } from "./cache-entry.js";

export interface CachedEntry extends EntryUse {
  readonly key: string;
  readonly isInUse: boolean;
}

/** The entries to remove so that `maxBytes` hold with the rest: the least recently used first, none that is in use. */
export function planEviction(entries: readonly CachedEntry[], maxBytes: number): readonly CachedEntry[] {
  let excess = entries.reduce((sum, { bytes }) => sum + bytes, 0) - maxBytes;
  const evicted: CachedEntry[] = [];
  for (const entry of entries.toSorted((a, b) => a.usedAt - b.usedAt)) {
    if (excess <= 0) break;
    if (entry.isInUse) continue;
    evicted.push(entry);
    excess -= entry.bytes;
  }
  return evicted;
}
