import { highHalfOf, lowHalfOf } from "./int64-halves.js";
import {
  byteLength,
  highHalf,
  lowHalf,
  sizeOfBytesField,
  sizeOfInt32,
  sizeOfVarint64,
} from "./varint-size.js";
import { WireWriter } from "./wire-writer.js";

/**
 * A field to be written, with its size in bytes worked out first: so every message is written into one buffer of
 * just its length. Field numbers are below 16: a tag is one byte. As proto3 asks, defaults and empty lists are parts
 * of no bytes.
 */
export interface Part {
  readonly size: number;
  write(writer: WireWriter): void;
}

export const nothing: Part = { size: 0, write() {} };

export function encodeParts(parts: readonly Part[]): Uint8Array {
  const writer = new WireWriter(sizeOf(parts));
  for (const part of parts) part.write(writer);
  return writer.finish();
}

export function int32Part(field: number, value: number): Part {
  if (value === 0) return nothing;
  return { size: 1 + sizeOfInt32(value), write: (writer) => writer.int32(field, value) };
}

/** Of the value modulo 2^64. */
export function uint64Part(field: number, value: bigint): Part {
  const low = lowHalfOf(value);
  const high = highHalfOf(value);
  if (low === 0 && high === 0) return nothing;
  return { size: 1 + sizeOfVarint64(low, high), write: (writer) => writer.uint64(field, low, high) };
}

export function boolPart(field: number, value: boolean): Part {
  return value ? { size: 2, write: (writer) => writer.int32(field, 1) } : nothing;
}

export function stringPart(field: number, value: string): Part {
  if (value === "") return nothing;
  const length = byteLength(value);
  return { size: sizeOfBytesField(length), write: (writer) => writer.string(field, value, length) };
}

/** One field for each string, the empty ones too. */
export function stringsPart(field: number, values: readonly string[]): Part {
  let size = 0;
  for (const value of values) size += sizeOfBytesField(byteLength(value));
  return {
    size,
    write(writer) {
      for (const value of values) writer.string(field, value, byteLength(value));
    },
  };
}

/** A packed list of whole numbers, each between -2^53 and 2^53, as varints; nothing when it is empty. */
export function integersPart(field: number, values: readonly number[]): Part {
  let length = 0;
  for (const value of values) length += sizeOfVarint64(lowHalf(value), highHalf(value));
  return bytesPart(field, length, (writer) => {
    for (const value of values) writer.varint(lowHalf(value), highHalf(value));
  });
}

/** One field of `length` bytes that `write` fills. */
export function bytesPart(field: number, length: number, write: (writer: WireWriter) => void): Part {
  if (length === 0) return nothing;
  return {
    size: sizeOfBytesField(length),
    write(writer) {
      writer.open(field, length);
      write(writer);
    },
  };
}

/** An element of a `repeated` message field: written even when it has no bytes. */
export function messagePart(field: number, parts: readonly Part[]): Part {
  const length = sizeOf(parts);
  return {
    size: sizeOfBytesField(length),
    write(writer) {
      writer.open(field, length);
      for (const part of parts) part.write(writer);
    },
  };
}

function sizeOf(parts: readonly Part[]): number {
  let size = 0;
  for (const part of parts) size += part.size;
  return size;
}
