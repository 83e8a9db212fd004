import type { TypedArray } from "@paddlewheel/core";

const prime1 = 0x9e3779b1;
const prime2 = 0x85ebca77;
const prime3 = 0xc2b2ae3d;
const prime4 = 0x27d4eb2f;
const prime5 = 0x165667b1;

/** Words of a stripe: four sums that do not wait for each other. */
const stripeWords = 4;

/**
 * XXH32 of the bytes of an array, as a signed number. It is fast and spreads well; who wants two inputs of one hash can
 * make them. Words are read as the machine has them, so that hashes are the specified ones on little-endian machines.
 * Source: xxHash, doc/xxhash_spec.md.
 */
export function xxHash32(data: TypedArray, seed: number): number {
  const { buffer, byteOffset, byteLength } = aligned(data);
  const words = new Int32Array(buffer, byteOffset, byteLength >>> 2);
  const striped = words.length - (words.length % stripeWords);
  let hash = (striped > 0 ? hashStripes(words, striped, seed) : seed + prime5) + byteLength;
  for (let i = striped; i < words.length; i++) {
    hash = Math.imul(rotate(hash + Math.imul(words[i] ?? 0, prime3), 17), prime4);
  }
  const rest = byteLength & 3;
  return finish(
    rest === 0 ? hash : hashBytes(hash, new Uint8Array(buffer, byteOffset + byteLength - rest, rest)),
  );
}

/** Words can only be read where they begin at a multiple of four; arrays of bytes and half words may not. */
function aligned(data: TypedArray): Pick<TypedArray, "buffer" | "byteOffset" | "byteLength"> {
  if (data.byteOffset % 4 === 0) return data;
  return new Uint8Array(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function hashStripes(words: Int32Array, end: number, seed: number): number {
  let sum1 = (seed + prime1 + prime2) | 0;
  let sum2 = (seed + prime2) | 0;
  let sum3 = seed | 0;
  let sum4 = (seed - prime1) | 0;
  for (let i = 0; i < end; i += stripeWords) {
    sum1 = round(sum1, words[i] ?? 0);
    sum2 = round(sum2, words[i + 1] ?? 0);
    sum3 = round(sum3, words[i + 2] ?? 0);
    sum4 = round(sum4, words[i + 3] ?? 0);
  }
  return rotate(sum1, 1) + rotate(sum2, 7) + rotate(sum3, 12) + rotate(sum4, 18);
}

function hashBytes(seed: number, bytes: Uint8Array): number {
  let hash = seed;
  for (const byte of bytes) hash = Math.imul(rotate(hash + Math.imul(byte, prime5), 11), prime1);
  return hash;
}

function finish(sum: number): number {
  let hash = sum | 0;
  hash = Math.imul(hash ^ (hash >>> 15), prime2);
  hash = Math.imul(hash ^ (hash >>> 13), prime3);
  return hash ^ (hash >>> 16);
}

function round(sum: number, word: number): number {
  return Math.imul(rotate((sum + Math.imul(word, prime2)) | 0, 13), prime1);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
