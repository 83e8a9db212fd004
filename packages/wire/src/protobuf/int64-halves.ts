const int64 = new BigInt64Array(1);
const uint64 = new BigUint64Array(int64.buffer);
const words = new Uint32Array(int64.buffer);

// One place in memory, looked at in two ways: many times as fast as shifting BigInts. Typed arrays are little-endian
// on every machine Node runs on for which ONNX Runtime is built.

/** The unsigned number of two halves. */
export function joinUint64(low: number, high: number): bigint {
  words[0] = low;
  words[1] = high;
  return uint64[0] ?? 0n;
}

/** The lower 32 bits of a number modulo 2^64. */
export function lowHalfOf(value: bigint): number {
  int64[0] = value;
  return words[0] ?? 0;
}

/** The upper 32 bits of a number modulo 2^64. */
export function highHalfOf(value: bigint): number {
  int64[0] = value;
  return words[1] ?? 0;
}
