import { Buffer } from "node:buffer";
import type { TypedArray } from "@paddlewheel/core/message";
import { highHalfOf, lowHalfOf } from "./int64-halves.js";
import { copySmallArray, maxSmallBytes } from "./small-arrays.js";
import { halvesOf, highHalf, lowHalf, sizeOfVarint64 } from "./varint-size.js";
import { WireType } from "./wire-type.js";

/** Texts up to this length are written here: a call out of JavaScript takes longer than their letters. */
const maxShortText = 24;

/** Memory that small messages are cut from, from its end on: one of its own would cost each of them more than its fields. */
const slabBytes = 32 * 1024;
let slab = Buffer.allocUnsafeSlow(slabBytes);
/** Asking a view for its memory takes as long as making the next view. */
let slabMemory = slab.buffer;
let slabEnd = slabBytes;

/**
 * Writes a message from its last field to its first: what is nested has been written by the time its length is, so nothing
 * is counted beforehand. Field numbers are below 16: a tag is one byte. As proto3 asks, defaults and empty lists are left
 * out, unless the name of a method says otherwise. One at a time: the next is made when this one has finished.
 */
export class WireWriter {
  #buffer: Buffer;
  /** Where the last byte of the message ends. */
  #end: number;
  /** Where what is written begins. */
  #start: number;

  /** @param sizeHint bytes the message will take, as far as that is easily told; it may grow beyond them */
  constructor(sizeHint = 0) {
    const isSmall = sizeHint <= slabEnd;
    this.#buffer = isSmall ? slab : Buffer.allocUnsafeSlow(sizeHint);
    this.#end = isSmall ? slabEnd : sizeHint;
    this.#start = this.#end;
  }

  /** Bytes written so far; `closeFilled` makes a field of those that came since. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** What was written since `size` was `before`, in memory of its own; `raw` writes it again. */
  copySince(before: number): Uint8Array {
    return Uint8Array.from(this.#buffer.subarray(this.#start, this.#end - before));
  }

  /** The message. Nothing may be written after it. */
  finish(): Uint8Array {
    // All of it is the buffer's own. A view of a Buffer by its own means is a Buffer, and takes twice as long to make.
    const memory = this.#buffer === slab ? slabMemory : this.#buffer.buffer;
    const message = new Uint8Array(memory, this.#start, this.size);
    if (this.#buffer === slab) slabEnd = this.#start;
    if (slabEnd < slabBytes / 8) {
      slab = Buffer.allocUnsafeSlow(slabBytes);
      slabMemory = slab.buffer;
      slabEnd = slabBytes;
    }
    return message;
  }

  int32(field: number, value: number | undefined): void {
    if (value) this.explicitInt32(field, value);
  }

  /** Also when it is 0. */
  explicitInt32(field: number, value: number): void {
    this.varint(value, value < 0 ? -1 : 0);
    this.#tag(field, WireType.varint);
  }

  /** Of the value modulo 2^64. */
  uint64(field: number, value: bigint | undefined): void {
    if (!value) return;
    const low = lowHalfOf(value);
    const high = highHalfOf(value);
    if (low === 0 && high === 0) return;
    this.varint(low, high);
    this.#tag(field, WireType.varint);
  }

  bool(field: number, value: boolean | undefined): void {
    if (value) this.explicitInt32(field, 1);
  }

  string(field: number, value: string | undefined): void {
    if (value) this.explicitString(field, value);
  }

  /** Also when it is empty, as the elements of a list are. */
  explicitString(field: number, value: string): void {
    const before = this.size;
    if (value.length > maxShortText || !this.#shortAscii(value)) {
      const length = Buffer.byteLength(value);
      const start = this.#take(length);
      this.#buffer.write(value, start, length, "utf8");
    }
    this.#open(field, this.size - before);
  }

  /** The memory of an array, as it is: one copy. */
  bytes(field: number, value: TypedArray | undefined): void {
    if (!value || value.byteLength === 0) return;
    this.raw(value);
    this.#open(field, value.byteLength);
  }

  /** A packed list of whole numbers, each between -2^53 and 2^53, as varints. */
  integers(field: number, values: readonly number[]): void {
    const before = this.size;
    for (let i = values.length - 1; i >= 0; i--) {
      const value = values[i] ?? 0;
      this.varint(lowHalf(value), highHalf(value));
    }
    this.closeFilled(field, before);
  }

  /** One message field, written even when it has no bytes; `write` writes its fields, the last first. */
  message<T>(field: number, value: T, write: (writer: this, value: T) => void): void {
    const before = this.size;
    write(this, value);
    this.#open(field, this.size - before);
  }

  /** One message field for each value, which stand in the message in their order. */
  messages<T>(field: number, values: readonly T[], write: (writer: this, value: T) => void): void {
    for (let i = values.length - 1; i >= 0; i--) this.message(field, values[i] as T, write);
  }

  /** Makes one field of all that was written since `size` was `before`; writes nothing when nothing was. */
  closeFilled(field: number, before: number): void {
    if (this.size > before) this.#open(field, this.size - before);
  }

  /** Of a header in front of the fields; the value is unsigned. */
  bigEndian32(value: number): void {
    const start = this.#take(4);
    this.#buffer.writeUInt32BE(value, start);
  }

  /** The memory of an array, without a tag. */
  raw(values: TypedArray | Uint32Array): void {
    const { byteLength: length } = values;
    const start = this.#take(length);
    if (values instanceof Uint8Array) this.#buffer.set(values, start);
    else if (length <= maxSmallBytes) copySmallArray(values, this.#buffer, start);
    else this.#buffer.set(new Uint8Array(values.buffer, values.byteOffset, length), start);
  }

  /** Signed or unsigned; a negative one with all its 64 bits. */
  int32s(values: ArrayLike<number>): void {
    for (let i = values.length - 1; i >= 0; i--) {
      const value = values[i] ?? 0;
      this.varint(value, value < 0 ? -1 : 0);
    }
  }

  int64s(values: BigInt64Array): void {
    const halves = halvesOf(values);
    for (let i = halves.length - 2; i >= 0; i -= 2) this.varint(halves[i] ?? 0, halves[i + 1] ?? 0);
  }

  /** A byte each; any value but 0 is true. */
  bools(values: Uint8Array): void {
    const start = this.#take(values.length);
    for (let i = 0; i < values.length; i++) this.#buffer[start + i] = values[i] ? 1 : 0;
  }

  /** One value by itself, given as two halves. */
  varint(lowBits: number, highBits: number): void {
    let low = lowBits >>> 0;
    let high = highBits >>> 0;
    let position = this.#take(sizeOfVarint64(low, high));
    const buffer = this.#buffer;
    while (high !== 0 || low > 0x7f) {
      buffer[position++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    buffer[position] = low;
  }

  /** False, with nothing written, for a text that has other letters too. */
  #shortAscii(text: string): boolean {
    const start = this.#take(text.length);
    const buffer = this.#buffer;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        this.#start += text.length;
        return false;
      }
      buffer[start + i] = code;
    }
    return true;
  }

  /** The length and the tag of a field whose bytes have been written. */
  #open(field: number, length: number): void {
    this.varint(length, 0);
    this.#tag(field, WireType.bytes);
  }

  #tag(field: number, wireType: WireType): void {
    const start = this.#take(1);
    this.#buffer[start] = (field << 3) | wireType;
  }

  /** Makes room for so many bytes before those that were written; gives where they begin. */
  #take(length: number): number {
    if (length > this.#start) this.#grow(length);
    this.#start -= length;
    return this.#start;
  }

  /** To at least twice the size, so that a message of many parts is not copied for each of them. */
  #grow(length: number): void {
    const { size } = this;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * size, size + length) + slabBytes / 8);
    grown.set(this.#buffer.subarray(this.#start, this.#end), grown.length - size);
    this.#buffer = grown;
    this.#end = grown.length;
    this.#start = grown.length - size;
  }
}
