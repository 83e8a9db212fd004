import { BlockMemo } from "./block-memo.js";
import { BlockReader } from "./block-reader.js";
import { DynamicTable } from "./dynamic-table.js";
import type { HeaderField } from "./header-field.js";
import { type DecodedHeaders, HeaderList, type HeaderListLimits } from "./header-list.js";
import { HpackError } from "./hpack-error.js";
import { initialTableSize, staticTable } from "./static-table.js";

export interface HpackDecoderOptions {
  /** SETTINGS_HEADER_TABLE_SIZE as this end announces it, bytes. Default 4096, the protocol's own. */
  readonly maxTableSize?: number;
  /** Largest header list: names, values and 32 bytes per field. Default 16384, as Node's HTTP/1.1 has it. */
  readonly maxListSize?: number;
  /** Most fields in a list. Default 100: below the 128 of Node's HTTP/2 and above what any gRPC client sends. */
  readonly maxFields?: number;
}

/**
 * Decodes the header blocks of one connection, in the order in which they came (RFC 7541).
 *
 * A block that came twice before in the same state of the table gives the same object again, without work; a memo of
 * a caller can be keyed on the identity of `fields`. Nothing returned refers to the bytes that were given.
 *
 * Names and values are what the bytes say: whether a name is lower case, a pseudo-header is in its place or a value
 * holds a line break is for HTTP to judge.
 */
export class HpackDecoder {
  readonly #limits: HeaderListLimits;
  readonly #maxTableSize: number;
  readonly #table: DynamicTable;
  readonly #memo = new BlockMemo();

  constructor(options: HpackDecoderOptions = {}) {
    const { maxTableSize = initialTableSize, maxListSize = 16_384, maxFields = 100 } = options;
    this.#limits = { maxListSize, maxFields };
    this.#maxTableSize = maxTableSize;
    // A peer that has not read our settings yet uses the protocol's size, and one that has says so in its next block.
    this.#table = new DynamicTable(Math.max(maxTableSize, initialTableSize));
    this.#table.resize(initialTableSize);
  }

  /**
   * Decodes one whole block. A list above the limits is not collected any further, but read to its end: the table must
   * stay in step with the peer's.
   *
   * @throws {HpackError} The block is malformed, and no later block of the connection can be understood.
   */
  decode(block: Uint8Array): DecodedHeaders {
    const { generation } = this.#table;
    const known = this.#memo.find(block, generation);
    if (known !== undefined) return known;
    const decoded = this.#read(new BlockReader(block));
    if (this.#table.generation === generation) this.#memo.keep(block, generation, decoded);
    return decoded;
  }

  #read(block: BlockReader): DecodedHeaders {
    const list = new HeaderList(this.#limits);
    while (!block.isAtEnd()) {
      if ((block.peek() & 0xe0) === 0x20) this.#resizeTable(block.readInteger(5), list);
      else list.add(this.#readField(block));
    }
    return list.decoded();
  }

  /** The first bits tell the representation (RFC 7541, 6). */
  #readField(block: BlockReader): HeaderField {
    const first = block.peek();
    if (first & 0x80) return this.#entry(block.readInteger(7));
    if (first & 0x40) {
      const field = this.#readLiteral(block, 6);
      this.#table.add(field);
      return field;
    }
    const field = this.#readLiteral(block, 4);
    return first & 0x10 ? { ...field, isSensitive: true } : field;
  }

  #readLiteral(block: BlockReader, prefixBits: number): HeaderField {
    const index = block.readInteger(prefixBits);
    const name = index === 0 ? block.readString() : this.#entry(index).name;
    return { name, value: block.readString() };
  }

  #entry(index: number): HeaderField {
    const field =
      index <= staticTable.length ? staticTable[index - 1] : this.#table.at(index - staticTable.length - 1);
    if (field !== undefined) return field;
    throw new HpackError(
      `index ${index} names no header field: the table holds 1 to ${staticTable.length + this.#table.length}`,
    );
  }

  #resizeTable(size: number, list: HeaderList): void {
    if (!list.isEmpty()) {
      throw new HpackError("a table size update stands behind a header field: it may only open a block");
    }
    if (size > this.#maxTableSize) {
      throw new HpackError(`a table size update to ${size} bytes, above the ${this.#maxTableSize} announced`);
    }
    this.#table.resize(size);
  }
}
