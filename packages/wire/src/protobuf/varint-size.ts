/** Bytes of a varint of 32 unsigned bits: one per 7 bits, counted without a branch. */
export function sizeOfVarint32(value: number): number {
  return (352 - Math.clz32(value | 1) * 9) >>> 6;
}

/** Bytes of a varint of 64 bits, given as two halves. */
export function sizeOfVarint64(low: number, high: number): number {
  return high === 0 ? sizeOfVarint32(low) : (640 - Math.clz32(high) * 9) >>> 6;
}

/** The memory of 64-bit values, lower half first. */
export function halvesOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** The lower 32 bits of a whole number, in two's complement. */
export function lowHalf(value: number): number {
  return (value - Math.floor(value / 2 ** 32) * 2 ** 32) >>> 0;
}

/** The upper 32 bits of a whole number, in two's complement. */
export function highHalf(value: number): number {
  return Math.floor(value / 2 ** 32) >>> 0;
}
