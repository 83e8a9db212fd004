import { decodeHuffman, maxHuffmanDecodedLength } from "./decode-huffman.js";
import { HpackError } from "./hpack-error.js";

/** Four bytes of 7 bits beside the prefix reach past 2^28: far above any length or index a peer has use for. */
const maxIntegerBytes = 4;

/** Where strings are decoded; a longer one gets a buffer of its own, so that its room is not kept for ever. */
const scratch = Buffer.allocUnsafeSlow(4096);

/** Reads integers and strings (RFC 7541, 5) one after another from a header block. */
export class BlockReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  isAtEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  /** The next byte, which stays the next. */
  peek(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) throw new HpackError("a header block ends where a string should begin");
    return byte;
  }

  /** An integer that begins in the low `prefixBits` bits of the next byte. */
  readInteger(prefixBits: number): number {
    const mask = (1 << prefixBits) - 1;
    const prefix = this.peek() & mask;
    this.#position++;
    return prefix < mask ? prefix : mask + this.#readContinuation();
  }

  readString(): string {
    const isHuffman = (this.peek() & 0x80) !== 0;
    const length = this.readInteger(7);
    const start = this.#position;
    const end = start + length;
    if (end > this.#bytes.length) {
      throw new HpackError(
        `a header block ends inside a string: ${length} bytes announced, ${this.#bytes.length - start} left`,
      );
    }
    this.#position = end;
    return isHuffman ? this.#readHuffman(start, end) : this.#bytes.toString("latin1", start, end);
  }

  #readContinuation(): number {
    let value = 0;
    for (let read = 0; read < maxIntegerBytes; read++) {
      const byte = this.#bytes[this.#position++];
      if (byte === undefined) throw new HpackError("a header block ends inside an integer");
      value |= (byte & 0x7f) << (7 * read);
      if (byte < 0x80) return value;
    }
    throw new HpackError(`an integer goes on for more than ${maxIntegerBytes} bytes after its prefix`);
  }

  #readHuffman(start: number, end: number): string {
    const longest = maxHuffmanDecodedLength(end - start);
    const target = longest <= scratch.length ? scratch : Buffer.allocUnsafeSlow(longest);
    return target.toString("latin1", 0, decodeHuffman(this.#bytes, start, end, target));
  }
}
