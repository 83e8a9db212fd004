/** MurmurHash3_x86_32 of bytes, seed 0: what brpc's `c_murmurhash` hashes with. 0 to 2^32 - 1. */
export function murmur3(bytes: Uint8Array): number {
  let hash = 0;
  const blockEnd = bytes.length & ~3;
  for (let at = 0; at < blockEnd; at += 4) {
    hash ^= mixBlock(blockAt(bytes, at));
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  // Bytes behind the end read as 0, and the mix of 0 is 0.
  hash ^= mixBlock(blockAt(bytes, blockEnd));
  return finalMix(hash ^ bytes.length);
}

/** Four bytes, the first the lowest. */
function blockAt(bytes: Uint8Array, at: number): number {
  return (
    byteAt(bytes, at) |
    (byteAt(bytes, at + 1) << 8) |
    (byteAt(bytes, at + 2) << 16) |
    (byteAt(bytes, at + 3) << 24)
  );
}

function byteAt(bytes: Uint8Array, at: number): number {
  return at < bytes.length ? (bytes[at] ?? 0) : 0;
}

function mixBlock(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

/** The last step of murmur3: scatters 32 bits over all others, one to one. 0 to 2^32 - 1. */
export function finalMix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
