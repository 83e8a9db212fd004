import type { DecodedHeaders } from "./header-list.js";

/** One connection repeats a handful of blocks: one per method, some times a token or a deadline. A power of two. */
const slots = 64;
/** A longer block is rare, and 64 of them would be memory that a peer can fill. */
const maxBlockBytes = 1024;
/** Up to this length a loop compares faster than a call out of JavaScript. */
const maxLoopBytes = 64;
/** Enough of a block to tell it from others; longer blocks are sampled, so that the hash has a bounded price. */
const hashedWords = 16;

interface MemoEntry {
  readonly bytes: Uint8Array;
  readonly decoded: DecodedHeaders;
}

/**
 * Recent header blocks and what they were decoded to, for one state of the dynamic table: all is forgotten when a block
 * is kept for another state. One slot per hash, the last block wins.
 */
export class BlockMemo {
  readonly #entries: (MemoEntry | undefined)[] = new Array(slots).fill(undefined);
  #generation = 0;

  find(block: Uint8Array, generation: number): DecodedHeaders | undefined {
    if (generation !== this.#generation || block.length > maxBlockBytes) return undefined;
    const entry = this.#entries[slotOf(block)];
    return entry !== undefined && isSame(entry.bytes, block) ? entry.decoded : undefined;
  }

  keep(block: Uint8Array, generation: number, decoded: DecodedHeaders): void {
    if (block.length > maxBlockBytes) return;
    if (generation !== this.#generation) {
      this.#entries.fill(undefined);
      this.#generation = generation;
    }
    this.#entries[slotOf(block)] = { bytes: new Uint8Array(block), decoded };
  }
}

function slotOf(block: Uint8Array): number {
  const length = block.length;
  const stride = Math.max(4, Math.ceil(length / hashedWords));
  let hash = length;
  for (let at = 0; at < length; at += stride) {
    hash = Math.imul(hash ^ wordAt(block, at), 0x9e3779b1);
  }
  return hash >>> 26;
}

/** Four bytes; those behind the end count as 0. */
function wordAt(block: Uint8Array, at: number): number {
  return (
    (block[at] ?? 0) |
    ((block[at + 1] ?? 0) << 8) |
    ((block[at + 2] ?? 0) << 16) |
    ((block[at + 3] ?? 0) << 24)
  );
}

function isSame(kept: Uint8Array, block: Uint8Array): boolean {
  if (kept.length !== block.length) return false;
  if (kept.length > maxLoopBytes) return Buffer.compare(kept, block) === 0;
  for (let at = 0; at < kept.length; at++) {
    if (kept[at] !== block[at]) return false;
  }
  return true;
}
