import type { TypedArray } from "@paddlewheel/core/message";
import { type ArrayClass, maxSmallBytes, smallArrayOf } from "./small-arrays.js";

/**
 * Little-endian values as a typed array: a view when they are aligned, else of one copy. Typed arrays have the byte
 * order of the machine, and every machine Node and ONNX Runtime run on together is little-endian.
 */
export function viewAs<T extends TypedArray>(type: ArrayClass<T>, bytes: Uint8Array): T {
  const count = bytes.length / type.BYTES_PER_ELEMENT;
  if (bytes.byteOffset % type.BYTES_PER_ELEMENT === 0) return new type(bytes.buffer, bytes.byteOffset, count);
  if (bytes.length <= maxSmallBytes) return smallArrayOf(type, bytes);
  return new type(new Uint8Array(bytes).buffer, 0, count);
}

/** The lower 32 bits of each of `count` whole varints. */
export function decodeInt32s(bytes: Uint8Array, count: number): Int32Array {
  const values = new Int32Array(count);
  let position = 0;
  for (let i = 0; i < count; i++) {
    let byte = bytes[position++] ?? 0;
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = bytes[position++] ?? 0;
      if (shift < 32) value |= (byte & 0x7f) << shift;
    }
    values[i] = value;
  }
  return values;
}

/** Each of `count` whole varints as 64 bits, written as two halves: no BigInt is made. */
export function decodeInt64s(bytes: Uint8Array, count: number): BigInt64Array {
  const values = new BigInt64Array(count);
  const halves = new Int32Array(values.buffer);
  let position = 0;
  for (let i = 0; i < count; i++) {
    let byte = bytes[position++] ?? 0;
    let low = byte & 0x7f;
    let high = 0;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = bytes[position++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift > 28) high |= bits << (shift - 32);
      else {
        low |= bits << 28;
        high = bits >>> 4;
      }
    }
    halves[2 * i] = low;
    halves[2 * i + 1] = high;
  }
  return values;
}

/** 1 for each of `count` whole varints that is not 0. */
export function decodeBools(bytes: Uint8Array, count: number): Uint8Array {
  const values = new Uint8Array(count);
  let position = 0;
  for (let i = 0; i < count; i++) {
    let byte = bytes[position++] ?? 0;
    let bits = byte & 0x7f;
    while (byte >= 0x80) {
      byte = bytes[position++] ?? 0;
      bits |= byte & 0x7f;
    }
    values[i] = bits === 0 ? 0 : 1;
  }
  return values;
}
