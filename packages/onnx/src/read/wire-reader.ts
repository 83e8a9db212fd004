import { OnnxFormatError } from "../onnx-format-error.js";
import type { ByteSource } from "./byte-source.js";
import type { OnnxLimits } from "./onnx-limits.js";

/** Reads the value of a field, whole, from the reader into `target`. */
export type FieldHandler<Target> = (reader: WireReader, target: Target) => void;

/** Handlers by tag (field number × 8 + wire type); a tag without one is skipped. */
export type MessageFields<Target> = readonly (FieldHandler<Target> | undefined)[];

/** Bytes of a source. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Wire types of protobuf; 3 and 4, groups, are in no ONNX message. */
export const WireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** A string takes as long as about this many fields that are skipped. */
const stringCost = 8;

/**
 * Walks protobuf bytes field by field and builds nothing. It differs from decoding in three ways that matter for
 * files of strangers: what has no handler costs no memory, everything is counted before it is kept, and a message
 * that is written twice is seen twice, where a decoder that keeps the last would miss what protobuf merges.
 *
 * Every method throws OnnxFormatError at bytes that are not protobuf or end too early.
 */
export class WireReader {
  readonly limits: OnnxLimits;
  readonly #source: ByteSource;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #position = 0;
  /** End of the innermost message; no read passes it. */
  #end: number;
  #fieldCount = 0;

  constructor(source: ByteSource, limits: OnnxLimits) {
    this.#source = source;
    this.limits = limits;
    this.#end = source.size;
  }

  /** Reads all there is as one message. */
  root<Target>(fields: MessageFields<Target>, target: Target): void {
    this.#fields(fields, target);
  }

  /** Reads a nested message, and says where its bytes lie. */
  message<Target>(fields: MessageFields<Target>, target: Target): ByteRange {
    return this.#within(() => this.#fields(fields, target));
  }

  /** Calls `readOne` until the bytes of a packed list are used up. */
  packed(readOne: () => void): void {
    this.#within(() => {
      while (this.#position < this.#end) {
        this.#count(1);
        readOne();
      }
    });
  }

  /** Where the next byte is read, from the beginning of the source. */
  get position(): number {
    return this.#position;
  }

  /** Steps over the value of a field of bytes, and says where it lies. */
  byteRange(): ByteRange {
    const length = this.#length();
    const offset = this.#position;
    this.#advance(length);
    return { offset, length };
  }

  string(): string {
    const length = this.#length();
    if (length > this.limits.maxStringBytes) {
      this.fail(`a string of ${length} bytes, at most ${this.limits.maxStringBytes} are allowed`);
    }
    this.#count(stringCost);
    this.#load(length);
    const start = this.#position - this.#windowStart;
    this.#position += length;
    return this.#window.toString("utf8", start, start + length);
  }

  /** An int64 as a number: exact to 2^53, and -1 for every negative one, since no field read here has a use for those. */
  int64(): number {
    let value = 0;
    let scale = 1;
    for (let index = 0; index < 10; index++) {
      const byte = this.#byte();
      // The tenth byte holds the sign.
      if (index === 9 && byte < 0x80) return (byte & 1) === 1 ? -1 : value;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    return this.fail("a number of more than 10 bytes");
  }

  /** An int32 or enum: the low 32 bits, as protobuf takes them. */
  int32(): number {
    let value = 0;
    for (let index = 0; index < 10; index++) {
      const byte = this.#byte();
      if (index < 5) value |= (byte & 0x7f) << (7 * index);
      if (byte < 0x80) return value;
    }
    return this.fail("a number of more than 10 bytes");
  }

  fail(problem: string): never {
    throw new OnnxFormatError(`byte ${this.#position}: ${problem}`);
  }

  #fields<Target>(fields: MessageFields<Target>, target: Target): void {
    while (this.#position < this.#end) {
      this.#count(1);
      const tag = this.#tag();
      const handler = fields[tag];
      if (handler) handler(this, target);
      else this.#skip(tag & 7);
    }
  }

  #count(cost: number): void {
    this.#fieldCount += cost;
    if (this.#fieldCount > this.limits.maxFields) this.fail(`more than ${this.limits.maxFields} fields`);
  }

  #tag(): number {
    const tag = this.#uint32("a field tag");
    if (tag < 8) this.fail("a field with the number 0");
    return tag;
  }

  #skip(wireType: number): void {
    if (wireType === WireType.varint) this.int32();
    else if (wireType === WireType.bytes) this.#advance(this.#length());
    else if (wireType === WireType.fixed64) this.#advance(8);
    else if (wireType === WireType.fixed32) this.#advance(4);
    else this.fail(`a field of wire type ${wireType}, which ONNX does not use`);
  }

  #within(read: () => void): ByteRange {
    const outerEnd = this.#end;
    // Two statements: the length must be read before the position counts.
    const length = this.#length();
    const offset = this.#position;
    this.#end = offset + length;
    read();
    this.#end = outerEnd;
    return { offset, length };
  }

  #length(): number {
    const length = this.#uint32("a length");
    if (length > this.#end - this.#position) {
      this.fail(`${length} bytes are announced, ${this.#end - this.#position} are left`);
    }
    return length;
  }

  #uint32(what: string): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      if (shift === 28 && byte > 0x0f) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    return this.fail(`${what} of more than 32 bits`);
  }

  #byte(): number {
    this.#load(1);
    return this.#window[this.#position++ - this.#windowStart] ?? 0;
  }

  #advance(count: number): void {
    if (count > this.#end - this.#position) this.#failAtEnd();
    this.#position += count;
  }

  /** Makes the next `count` bytes part of the window. */
  #load(count: number): void {
    if (count > this.#end - this.#position) this.#failAtEnd();
    if (this.#position + count <= this.#windowStart + this.#window.length) return;
    this.#window = this.#source.read(this.#position, count);
    this.#windowStart = this.#position;
    if (this.#window.length < count) this.fail("the file became shorter while it was read");
  }

  #failAtEnd(): never {
    this.fail(
      this.#end === this.#source.size ? "the file ends in the middle" : "a message ends in the middle",
    );
  }
}
