import { Code, quoteValue, ServeError } from "@paddlewheel/core";
import { encodeHuffman, huffmanLength } from "./encode-huffman.js";
import type { HeaderField } from "./header-field.js";

/** Where blocks are put together; longer ones get a buffer of their own, so that a long one is not kept for ever. */
const scratch = Buffer.allocUnsafeSlow(4096);
/** An integer takes up to 5 bytes here, and a field has three at most: its index and two lengths. */
const integersPerField = 15;

/** Writes integers and strings (RFC 7541, 5) one after another into a header block. */
export class BlockWriter {
  readonly #target: Buffer;
  #length = 0;

  /** Has room for these fields, whichever way they are written, and for table size updates before them. */
  constructor(fields: readonly HeaderField[]) {
    let room = integersPerField;
    for (const { name, value } of fields) room += name.length + value.length + integersPerField;
    this.#target = room <= scratch.length ? scratch : Buffer.allocUnsafeSlow(room);
  }

  /** An integer in the low `prefixBits` bits of the next byte and those behind; `flags` are the bits above. */
  writeInteger(value: number, prefixBits: number, flags: number): void {
    const mask = (1 << prefixBits) - 1;
    if (value < mask) {
      this.#target[this.#length++] = flags | value;
      return;
    }
    this.#target[this.#length++] = flags | mask;
    let rest = value - mask;
    for (; rest >= 0x80; rest >>>= 7) this.#target[this.#length++] = 0x80 | (rest & 0x7f);
    this.#target[this.#length++] = rest;
  }

  /**
   * A string, in Huffman code when that is shorter. `name` is the header's, for the message.
   *
   * @throws {ServeError} A character is no byte.
   */
  writeString(text: string, name: string): void {
    const coded = huffmanLength(text);
    if (Number.isNaN(coded)) {
      const message = `header ${quoteValue(name)} has a character above U+00FF: headers carry latin1, others are to be encoded`;
      throw new ServeError(Code.invalidArgument, message);
    }
    if (coded < text.length) {
      this.writeInteger(coded, 7, 0x80);
      this.#length = encodeHuffman(text, this.#target, this.#length);
    } else {
      this.writeInteger(text.length, 7, 0);
      this.#writePlain(text);
    }
  }

  /** What was written, in memory of its own. */
  bytes(): Uint8Array {
    const bytes = Buffer.allocUnsafe(this.#length);
    this.#target.copy(bytes, 0, 0, this.#length);
    return bytes;
  }

  #writePlain(text: string): void {
    for (let at = 0; at < text.length; at++) this.#target[this.#length++] = text.charCodeAt(at);
  }
}
