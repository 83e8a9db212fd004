import type { DecodedHeaders } from "./header-list.js";

/** One connection repeats a handful of blocks: one per method, sometimes a token or a deadline. */
const maxEntries = 64;
/** A longer block is rare, and 64 of them would be memory that a peer can fill. */
const maxBlockBytes = 1024;
/** Up to this length a loop compares faster than a call out of JavaScript. */
const maxLoopBytes = 32;
/** Words of 4 bytes that a hash takes: all of a usual block, samples of a longer one. */
const hashedWords = 16;

interface MemoEntry {
  readonly bytes: Uint8Array;
  readonly decoded: DecodedHeaders;
}

/**
 * Recent header blocks and what they were decoded to, for one state of the dynamic table: all is forgotten when a block
 * is kept for another state, or when there are too many.
 *
 * A block is kept when it comes for the second time: those that carry a value of one call (a deadline, a trace) come
 * once, and cost no copy.
 */
export class BlockMemo {
  /** By hash; undefined for a block that came once. */
  readonly #entries = new Map<number, MemoEntry | undefined>();
  /** Most connections call one method: the block is the one before, and needs no hash. */
  #last: MemoEntry | undefined;
  #generation = 0;

  find(block: Uint8Array, generation: number): DecodedHeaders | undefined {
    if (generation !== this.#generation || block.length > maxBlockBytes) return undefined;
    if (isOf(this.#last, block)) return this.#last.decoded;
    const entry = this.#entries.get(hashOf(block));
    if (!isOf(entry, block)) return undefined;
    this.#last = entry;
    return entry.decoded;
  }

  /** Keeps what a block was decoded to, if the block has come before. */
  keep(block: Uint8Array, generation: number, decoded: DecodedHeaders): void {
    if (block.length > maxBlockBytes) return;
    if (generation !== this.#generation || this.#entries.size >= maxEntries) this.#forget();
    this.#generation = generation;
    const hash = hashOf(block);
    this.#entries.set(hash, this.#entries.has(hash) ? { bytes: new Uint8Array(block), decoded } : undefined);
  }

  #forget(): void {
    this.#entries.clear();
    this.#last = undefined;
  }
}

function isOf(entry: MemoEntry | undefined, block: Uint8Array): entry is MemoEntry {
  if (entry === undefined) return false;
  const { bytes } = entry;
  if (bytes.length !== block.length) return false;
  if (bytes.length > maxLoopBytes) return Buffer.compare(bytes, block) === 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== block[at]) return false;
  }
  return true;
}

function hashOf(block: Uint8Array): number {
  const stride = Math.max(4, Math.ceil(block.length / hashedWords));
  const last = block.length - 4;
  let hash = block.length;
  for (let at = 0; at <= last; at += stride) hash = mix(hash, wordAt(block, at));
  return mix(hash, last >= 0 ? wordAt(block, last) : (block[0] ?? 0));
}

/** The product carries a difference upwards only; the shift brings it down again. */
function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}

function wordAt(block: Uint8Array, at: number): number {
  return (
    (block[at] ?? 0) |
    ((block[at + 1] ?? 0) << 8) |
    ((block[at + 2] ?? 0) << 16) |
    ((block[at + 3] ?? 0) << 24)
  );
}
