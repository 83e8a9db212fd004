import { BlockWriter } from "./block-writer.js";
import { DynamicTable } from "./dynamic-table.js";
import { FieldIndex } from "./field-index.js";
import { FieldListMemo } from "./field-list-memo.js";
import { type HeaderField, headerFieldSize } from "./header-field.js";
import { initialTableSize, staticIndex, staticTable } from "./static-table.js";

export interface HpackEncoderOptions {
  /** Largest table this end keeps, however much the peer allows, bytes. Default 4096, the protocol's own. */
  readonly maxTableSize?: number;
}

/**
 * Headers whose value is another in almost every call: one entry gives them their name. An entry for each value would
 * push the useful ones out of the table and make every block differ from the last.
 */
const changingNames: ReadonlySet<string> = new Set([
  "content-length",
  "grpc-message",
  "grpc-status-details-bin",
  "grpc-timeout",
  "log-id",
  "traceparent",
  "tracestate",
  "x-request-id",
]);

/**
 * Encodes the header lists of one connection, in the order in which they leave (RFC 7541).
 *
 * The same `fields` array gives the same bytes again, without work, while the table is as it was. For a call with one
 * field of its own, encode the constant list and a list of that field: blocks one behind the other are one block.
 */
export class HpackEncoder {
  readonly #maxTableSize: number;
  readonly #places = new FieldIndex();
  readonly #table: DynamicTable;
  readonly #memo = new FieldListMemo();
  /** The smallest size since the last block, when the table was resized: what the next block opens with. */
  #smallestResize: number | undefined;

  constructor(options: HpackEncoderOptions = {}) {
    this.#maxTableSize = options.maxTableSize ?? initialTableSize;
    const limit = Math.max(this.#maxTableSize, initialTableSize);
    this.#table = new DynamicTable(limit, (field, place) => this.#places.remove(field, place));
    this.#table.resize(initialTableSize);
    this.setMaxTableSize(initialTableSize);
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE, bytes. The next block opens with a size update when it changes the table. */
  setMaxTableSize(size: number): void {
    const allowed = Math.min(size, this.#maxTableSize);
    if (allowed === this.#table.maxSize) return;
    this.#table.resize(allowed);
    this.#smallestResize = Math.min(allowed, this.#smallestResize ?? allowed);
  }

  /**
   * The block of a header list. Every block must be sent, in order: the peer's table follows them. The bytes may be given
   * again by a later call: not to be changed.
   *
   * @throws {ServeError} A name or value has a character above U+00FF. The encoder stays usable.
   */
  encode(fields: readonly HeaderField[]): Uint8Array {
    const { generation } = this.#table;
    const known = this.#memo.find(fields, generation);
    if (known !== undefined) return known;
    const isResized = this.#smallestResize !== undefined;
    const block = this.#write(fields);
    if (!isResized && this.#table.generation === generation) this.#memo.keep(fields, generation, block);
    return block;
  }

  #write(fields: readonly HeaderField[]): Uint8Array {
    const block = new BlockWriter(fields);
    try {
      this.#writeResize(block);
      for (const field of fields) this.#writeField(block, field);
    } catch (error) {
      this.#startOver();
      throw error;
    }
    return block.bytes();
  }

  /** The smallest size first: the peer has to evict what did not fit then (RFC 7541, 4.2). */
  #writeResize(block: BlockWriter): void {
    if (this.#smallestResize === undefined) return;
    if (this.#smallestResize < this.#table.maxSize) block.writeInteger(this.#smallestResize, 5, 0x20);
    block.writeInteger(this.#table.maxSize, 5, 0x20);
    this.#smallestResize = undefined;
  }

  #writeField(block: BlockWriter, field: HeaderField): void {
    const index = this.#indexOf(field);
    if (index !== undefined) {
      block.writeInteger(index, 7, 0x80);
    } else if (field.isSensitive) {
      this.#writeLiteral(block, field, 4, 0x10);
    } else if (this.#isWorthKeeping(field)) {
      this.#writeLiteral(block, field, 6, 0x40);
      this.#keep(field);
    } else {
      this.#writeLiteral(block, field, 4, 0);
    }
  }

  /** Where the whole field stands; a secret is written out even when the same field stands in a table. */
  #indexOf(field: HeaderField): number | undefined {
    if (field.isSensitive) return undefined;
    return staticIndex.find(field) ?? this.#indexAt(this.#places.find(field));
  }

  #nameIndexOf(name: string): number | undefined {
    return staticIndex.findName(name) ?? this.#indexAt(this.#places.findName(name));
  }

  #writeLiteral(block: BlockWriter, { name, value }: HeaderField, prefixBits: number, flags: number): void {
    const index = this.#nameIndexOf(name) ?? 0;
    block.writeInteger(index, prefixBits, flags);
    if (index === 0) block.writeString(name, name);
    block.writeString(value, name);
  }

  /** One entry that fills half the table costs more, in what it pushes out, than it can bring. */
  #isWorthKeeping(field: HeaderField): boolean {
    if (headerFieldSize(field) * 2 > this.#table.maxSize) return false;
    return !changingNames.has(field.name) || this.#nameIndexOf(field.name) === undefined;
  }

  #keep(field: HeaderField): void {
    const place = this.#table.added;
    this.#table.add(field);
    this.#places.add(field, place);
  }

  /** The newest entry stands behind the static table, older ones further back (RFC 7541, 2.3.3). */
  #indexAt(place: number | undefined): number | undefined {
    return place === undefined ? undefined : staticTable.length + this.#table.added - place;
  }

  /** A block that failed half-way leaves entries the peer will never see: the next one empties both tables. */
  #startOver(): void {
    const { maxSize } = this.#table;
    this.#table.resize(0);
    this.#table.resize(maxSize);
    this.#smallestResize = 0;
  }
}
