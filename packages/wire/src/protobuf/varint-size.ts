/** Bytes of a varint of 32 unsigned bits: one per 7 bits, counted without a branch. */
export function sizeOfVarint32(value: number): number {
  return (352 - Math.clz32(value | 1) * 9) >>> 6;
}

/** Bytes of a varint of 64 bits, given as two halves. */
export function sizeOfVarint64(low: number, high: number): number {
  return high === 0 ? sizeOfVarint32(low) : (640 - Math.clz32(high) * 9) >>> 6;
}

/** Bytes of an int32 or uint32: protobuf writes a negative one with all its 64 bits. */
export function sizeOfInt32(value: number): number {
  return value < 0 ? 10 : sizeOfVarint32(value);
}

export function sizeOfInt32s(values: ArrayLike<number>): number {
  let size = 0;
  for (let i = 0; i < values.length; i++) size += sizeOfInt32(values[i] ?? 0);
  return size;
}

export function sizeOfInt64s(values: BigInt64Array): number {
  const halves = halvesOf(values);
  let size = 0;
  for (let i = 0; i < halves.length; i += 2) size += sizeOfVarint64(halves[i] ?? 0, halves[i + 1] ?? 0);
  return size;
}

/** The memory of 64-bit values, lower half first. */
export function halvesOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** Bytes of a field whose value is `length` bytes: tag, length, value. Field numbers up to 15 have a tag of one. */
export function sizeOfBytesField(length: number): number {
  return 1 + sizeOfVarint32(length) + length;
}

/** The lower 32 bits of a whole number, in two's complement. */
export function lowHalf(value: number): number {
  return (value - Math.floor(value / 2 ** 32) * 2 ** 32) >>> 0;
}

/** The upper 32 bits of a whole number, in two's complement. */
export function highHalf(value: number): number {
  return Math.floor(value / 2 ** 32) >>> 0;
}

/** Texts up to this length are counted and written here: a call out of JavaScript takes longer than their letters. */
export const maxShortText = 24;

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return text.length <= maxShortText && isAscii(text) ? text.length : Buffer.byteLength(text);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}
