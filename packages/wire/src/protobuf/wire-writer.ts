import { Code, ServeError } from "@paddlewheel/core";
import { halvesOf, maxShortText } from "./varint-size.js";
import { WireType } from "./wire-type.js";

/**
 * Writes protobuf fields into one buffer of the size its owner has worked out, whatever their value: leaving out
 * defaults is the owner's business, as it must count the same way.
 */
export class WireWriter {
  readonly #buffer: Buffer;
  #position = 0;

  constructor(size: number) {
    this.#buffer = Buffer.allocUnsafe(size);
  }

  /** The written bytes. A buffer that is not full would send what was in memory before. */
  finish(): Uint8Array {
    if (this.#position !== this.#buffer.length) {
      throw new ServeError(Code.internal, "a message was not as long as its sizes said");
    }
    return this.#buffer;
  }

  int32(field: number, value: number): void {
    this.#tag(field, WireType.varint);
    this.varint(value, value < 0 ? -1 : 0);
  }

  uint64(field: number, low: number, high: number): void {
    this.#tag(field, WireType.varint);
    this.varint(low, high);
  }

  /** Of a header in front of the fields; the value is unsigned. */
  bigEndian32(value: number): void {
    this.#position = this.#buffer.writeUInt32BE(value, this.#position);
  }

  /** Opens a field of `length` bytes: a message, or a list of numbers. Whoever opens it writes that many. */
  open(field: number, length: number): void {
    this.#tag(field, WireType.bytes);
    this.varint(length, 0);
  }

  string(field: number, value: string, byteLength: number): void {
    this.open(field, byteLength);
    if (byteLength === value.length && byteLength <= maxShortText) {
      // As many bytes as letters: all are ASCII.
      for (let i = 0; i < byteLength; i++) this.#buffer[this.#position++] = value.charCodeAt(i);
      return;
    }
    this.#buffer.write(value, this.#position, byteLength, "utf8");
    this.#position += byteLength;
  }

  /** The memory of an array, as it is: one copy. */
  raw(values: ArrayBufferView): void {
    this.#buffer.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), this.#position);
    this.#position += values.byteLength;
  }

  /** Signed or unsigned; a negative one with all its 64 bits. */
  int32s(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0;
      this.varint(value, value < 0 ? -1 : 0);
    }
  }

  int64s(values: BigInt64Array): void {
    const halves = halvesOf(values);
    for (let i = 0; i < halves.length; i += 2) this.varint(halves[i] ?? 0, halves[i + 1] ?? 0);
  }

  /** A byte each; any value but 0 is true. */
  bools(values: Uint8Array): void {
    for (let i = 0; i < values.length; i++) this.#buffer[this.#position++] = values[i] ? 1 : 0;
  }

  #tag(field: number, wireType: WireType): void {
    this.#buffer[this.#position++] = (field << 3) | wireType;
  }

  /** One value by itself, given as two halves. */
  varint(lowBits: number, highBits: number): void {
    const buffer = this.#buffer;
    let position = this.#position;
    let low = lowBits >>> 0;
    let high = highBits >>> 0;
    while (high !== 0 || low > 0x7f) {
      buffer[position++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    buffer[position++] = low;
    this.#position = position;
  }
}
