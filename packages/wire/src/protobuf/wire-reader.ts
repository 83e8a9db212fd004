import { Buffer } from "node:buffer";
import { Code, ServeError } from "@paddlewheel/core";
import { wireLimits } from "../wire-limits.js";
import { joinUint64 } from "./int64-halves.js";
import type { PackedValues } from "./packed-values.js";
import { hasBytesAt } from "./same-bytes.js";
import { WireType } from "./wire-type.js";

const maxVarintBytes = 10;

/** Up to this size a copy is as cheap as a move, and the tag and length in front may be too short for one. */
const minMovedBytes = 1024;

const maxShortText = 12;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Walks the fields of a protobuf message and refuses whatever is not one:
 *
 *     while (reader.nextField()) {
 *       if (reader.fieldNumber === 4) logId = reader.uint64("log_id");
 *       else reader.skip();
 *     }
 *
 * Every method throws ServeError malformedRequest that names message, field and byte. What it returns of bytes are
 * views of the input.
 */
export class WireReader {
  fieldNumber = 0;
  wireType = 0;

  readonly #bytes: Uint8Array;
  readonly #isOwned: boolean;
  #message: string;
  #position = 0;
  #end: number;
  #tagPosition = 0;
  #fieldCount = 0;
  #looseCount = 0;
  /** Upper half of the varint read last. */
  #high = 0;

  /** With `isOwned` the reader may move values within `bytes`, which cannot be read a second time then. */
  constructor(bytes: Uint8Array, messageName: string, isOwned = false) {
    // Views of a Buffer are Buffers, and take twice the time to make.
    this.#bytes =
      bytes instanceof Buffer ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes;
    this.#isOwned = isOwned;
    this.#message = messageName;
    this.#end = bytes.length;
  }

  /** Steps to the next field of the message; false at its end. */
  nextField(): boolean {
    if (this.#position === this.#end) return false;
    this.#tagPosition = this.#position;
    const tag = this.#varint("") >>> 0;
    this.fieldNumber = tag >>> 3;
    this.wireType = tag & 7;
    if (this.#high !== 0)
      throw this.#malformed("", `the tag at byte ${this.#tagPosition} is longer than 32 bits`);
    if (this.fieldNumber === 0) throw this.#malformed("", `field number 0 at byte ${this.#tagPosition}`);
    if (++this.#fieldCount > wireLimits.maxFields) {
      throw this.#malformed("", `more than ${wireLimits.maxFields} fields`);
    }
    return true;
  }

  /** Where it stands in the bytes. */
  get position(): number {
    return this.#position;
  }

  /** What was read since it stood there, in memory of its own: the bytes may be part of something large. */
  copySince(position: number): Uint8Array {
    return this.#bytes.slice(position, this.#position);
  }

  /** Steps over a value of these bytes, with its length in front; false, with nothing read, where another comes. */
  skipSame(value: Uint8Array): boolean {
    const end = this.#position + value.length;
    if (this.wireType !== WireType.bytes || end > this.#end) return false;
    if (!hasBytesAt(this.#bytes, this.#position, value)) return false;
    this.#position = end;
    return true;
  }

  /** Steps over the value of a field nobody asks for. */
  skip(field = `field ${this.fieldNumber}`): void {
    if (this.wireType === WireType.varint) this.#varint(field);
    else if (this.wireType === WireType.bytes) this.#span(this.#length(field), field);
    else if (this.wireType === WireType.fixed32) this.#span(4, field);
    else if (this.wireType === WireType.fixed64) this.#span(8, field);
    else throw this.#wrongWireType(field, "which proto3 does not have");
  }

  int32(field: string): number {
    this.#expect(WireType.varint, field);
    return this.#varint(field);
  }

  uint64(field: string): bigint {
    this.#expect(WireType.varint, field);
    const low = this.#varint(field);
    return low === 0 && this.#high === 0 ? 0n : joinUint64(low, this.#high);
  }

  bool(field: string): boolean {
    this.#expect(WireType.varint, field);
    return this.#varint(field) !== 0 || this.#high !== 0;
  }

  /** The bytes of a value of fixed size. */
  fixed(field: string, wireType: typeof WireType.fixed32 | typeof WireType.fixed64): Uint8Array {
    this.#expect(wireType, field);
    return this.#span(wireType === WireType.fixed32 ? 4 : 8, field);
  }

  bytes(field: string): Uint8Array {
    this.#expect(WireType.bytes, field);
    return this.#span(this.#length(field), field);
  }

  /**
   * As `bytes`, at a multiple of `alignment` where that costs no copy: when the reader owns its input, long values move
   * a few bytes to the front, over their tag and length. Where these are too short for 8, a multiple of 4 has to do.
   */
  alignedBytes(field: string, alignment: 4 | 8): Uint8Array {
    const bytes = this.bytes(field);
    if (!this.#isOwned || bytes.length < minMovedBytes) return bytes;
    const start = this.#position - bytes.length;
    const room = start - this.#tagPosition;
    const excess = bytes.byteOffset % alignment;
    const shift = excess <= room ? excess : bytes.byteOffset % 4;
    if (shift === 0) return bytes;
    this.#bytes.copyWithin(start - shift, start, this.#position);
    return this.#bytes.subarray(start - shift, this.#position - shift);
  }

  string(field: string): string {
    const start = this.#position;
    const text = this.#text(field);
    if (text === undefined) throw this.#malformed(field, `the text at byte ${start} is not UTF-8`);
    return text;
  }

  /**
   * One of very many strings: its owner limits how many, so it does not count as a field. Undefined when it is not
   * UTF-8, which the owner can say with a better name.
   */
  stringElement(field: string): string | undefined {
    this.#fieldCount--;
    return this.#text(field);
  }

  /** The value of a message field, as `read` makes it from the fields inside, with what it is to know beside. */
  message<T>(field: string, messageName: string, read: (reader: this) => T): T;
  message<T, C>(field: string, messageName: string, read: (reader: this, context: C) => T, context: C): T;
  message<T, C>(field: string, messageName: string, read: (reader: this, context?: C) => T, context?: C): T {
    this.#expect(WireType.bytes, field);
    const length = this.#length(field);
    const outerEnd = this.#end;
    const outerMessage = this.#message;
    this.#end = this.#position + length;
    this.#message = messageName;
    const message = read(this, context);
    this.#end = outerEnd;
    this.#message = outerMessage;
    return message;
  }

  /** Adds the next piece of a repeated number field: a packed list, or one value by itself. */
  packed(field: string, elementType: WireType, values: PackedValues): void {
    const start = this.#position;
    if (this.wireType === elementType) {
      this.#loose(field, elementType, values);
      return;
    }
    if (elementType === WireType.varint) {
      const piece = this.bytes(field);
      values.add(piece, this.#countVarints(piece, field));
    } else {
      const size = elementType === WireType.fixed32 ? 4 : 8;
      const piece = this.alignedBytes(field, size);
      if (piece.length % size !== 0) {
        throw this.#malformed(
          field,
          `${piece.length} bytes at byte ${start} are no list of ${size}-byte values`,
        );
      }
      values.add(piece);
    }
  }

  /** A value by itself, as senders without packed lists write it: limited by a count of its own, not as a field. */
  #loose(field: string, elementType: WireType, values: PackedValues): void {
    this.#fieldCount--;
    if (++this.#looseCount > wireLimits.maxLooseValues) {
      throw this.#malformed(
        field,
        `more than ${wireLimits.maxLooseValues} values one by one; send them packed`,
      );
    }
    const start = this.#position;
    if (elementType === WireType.varint) {
      this.#varint(field);
      values.varintCount++;
    } else this.#span(elementType === WireType.fixed32 ? 4 : 8, field);
    values.addLoose(this.#bytes, start, this.#position);
  }

  /** Every varint is checked here, so that whoever decodes the list need not. */
  #countVarints(piece: Uint8Array, field: string): number {
    const offset = this.#position - piece.length;
    let count = 0;
    let start = 0;
    for (let i = 0; i < piece.length; i++) {
      if ((piece[i] ?? 0) >= 0x80) continue;
      if (i - start >= maxVarintBytes) throw this.#varintTooLong(field, offset + start);
      start = i + 1;
      count++;
    }
    if (start < piece.length) throw this.#varintCutOff(field, offset + start);
    return count;
  }

  #text(field: string): string | undefined {
    this.#expect(WireType.bytes, field);
    const length = this.#length(field);
    return this.#shortAscii(length) ?? decodeUtf8(this.#span(length, field));
  }

  /** Half the time of the decoder, which is a call out of JavaScript and wants a view, for names and words. */
  #shortAscii(length: number): string | undefined {
    if (length > maxShortText) return undefined;
    const end = this.#position + length;
    let text = "";
    for (let i = this.#position; i < end; i++) {
      const byte = this.#bytes[i] ?? 0;
      if (byte >= 0x80) return undefined;
      text += String.fromCharCode(byte);
    }
    this.#position = end;
    return text;
  }

  #expect(wireType: WireType, field: string): void {
    if (this.wireType === wireType) return;
    throw this.#wrongWireType(field, `must be ${wireType}`);
  }

  #length(field: string): number {
    const start = this.#position;
    const low = this.#varint(field) >>> 0;
    const length = (this.#high >>> 0) * 2 ** 32 + low;
    const left = this.#end - this.#position;
    if (length > left) {
      throw this.#malformed(field, `the length at byte ${start} is ${length}, more than the ${left} left`);
    }
    return length;
  }

  #span(length: number, field: string): Uint8Array {
    const start = this.#position;
    if (length > this.#end - start) {
      throw this.#malformed(
        field,
        `the value at byte ${start} wants ${length} bytes, more than the ${this.#end - start} left`,
      );
    }
    this.#position += length;
    return this.#bytes.subarray(start, this.#position);
  }

  /** The lower 32 bits; the upper ones go to `#high`. Bits beyond 64 are dropped, as every protobuf reader does. */
  #varint(field: string): number {
    const start = this.#position;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 7 * maxVarintBytes; shift += 7) {
      if (this.#position === this.#end) throw this.#varintCutOff(field, start);
      const byte = this.#bytes[this.#position++] ?? 0;
      const bits = byte & 0x7f;
      if (shift <= 28) low |= bits << shift;
      if (shift === 28) high = bits >>> 4;
      if (shift > 28) high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.#high = high;
        return low;
      }
    }
    throw this.#varintTooLong(field, start);
  }

  #wrongWireType(field: string, why: string): ServeError {
    return this.#malformed(field, `wire type ${this.wireType} at byte ${this.#tagPosition}, ${why}`);
  }

  #varintCutOff(field: string, start: number): ServeError {
    return this.#malformed(field, `the varint at byte ${start} is cut off`);
  }

  #varintTooLong(field: string, start: number): ServeError {
    return this.#malformed(field, `the varint at byte ${start} is longer than ${maxVarintBytes} bytes`);
  }

  #malformed(field: string, what: string): ServeError {
    const place = field === "" ? this.#message : `${this.#message}.${field}`;
    return new ServeError(Code.malformedRequest, `${place}: ${what}`);
  }
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
