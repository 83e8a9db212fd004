/** What the loader wants to know of a response's headers or trailers. */
export interface ResponseStatus {
  /** The value of `:status`; undefined in trailers. */
  readonly http: string | undefined;
  /** The value of `grpc-status`; undefined in headers that are not also the trailers. */
  readonly grpc: string | undefined;
}

/** RFC 7541 appendix A: entries 8 to 14 are `:status` with these values. */
const firstStatusIndex = 8;
const staticStatuses = ["200", "204", "206", "304", "400", "404", "500"];
const staticTableSize = 61;

const grpcStatusName = Buffer.from("grpc-status");
/** The same in the Huffman code of RFC 7541 appendix B. */
const grpcStatusNameHuffman = Buffer.from("9acac8b21234da8f", "hex");

/** The header block of a gRPC call over cleartext, every field a literal that enters no table: always the same bytes. */
export function encodeRequestHeaders(authority: string, path: string): Buffer {
  return Buffer.concat([
    Buffer.from([0x83, 0x86]), // :method POST, :scheme http
    encodeLiteral(4, path),
    encodeLiteral(1, authority),
    encodeLiteral(0, "content-type", "application/grpc"),
    encodeLiteral(0, "te", "trailers"),
  ]);
}

/** A literal field without indexing: name by static index, or (index 0) by text. */
function encodeLiteral(nameIndex: number, ...texts: readonly string[]): Buffer {
  const strings = texts.flatMap((text) => [encodeInteger(text.length, 7), Buffer.from(text, "latin1")]);
  return Buffer.concat([Buffer.from([nameIndex]), ...strings]);
}

/** RFC 7541 section 5.1, the bits above the prefix zero. */
function encodeInteger(value: number, prefixBits: number): Buffer {
  const limit = 2 ** prefixBits - 1;
  if (value < limit) return Buffer.from([value]);
  const bytes = [limit];
  let rest = value - limit;
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

/**
 * Reads the two statuses of a header block. The loader announces a dynamic table of size 0, so a block says the same
 * whenever it comes, and other fields can be stepped over without undoing their Huffman code.
 * @throws Error on a block that ends early or refers to the dynamic table.
 */
export function readResponseStatus(block: Buffer): ResponseStatus {
  const reader = new BlockReader(block);
  let http: string | undefined;
  let grpc: string | undefined;
  while (!reader.isAtEnd) {
    const field = reader.readField();
    if (field?.name === ":status") http = field.value;
    if (field?.name === "grpc-status") grpc = field.value;
  }
  return { http, grpc };
}

interface StatusField {
  readonly name: ":status" | "grpc-status";
  readonly value: string;
}

interface HpackString {
  readonly bytes: Buffer;
  readonly isHuffman: boolean;
}

class BlockReader {
  readonly #block: Buffer;
  #at = 0;

  constructor(block: Buffer) {
    this.#block = block;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#block.length;
  }

  /** RFC 7541 section 6; undefined for a field that is none of the two, and for a change of table size. */
  readField(): StatusField | undefined {
    const first = this.#peek();
    if (first & 0x80) return this.#indexedField(this.#integer(7));
    if ((first & 0xe0) === 0x20) {
      this.#integer(5);
      return undefined;
    }
    return this.#literalField(this.#integer(first & 0x40 ? 6 : 4));
  }

  #indexedField(index: number): StatusField | undefined {
    checkStatic(index);
    const value = staticStatuses[index - firstStatusIndex];
    return value === undefined ? undefined : { name: ":status", value };
  }

  #literalField(nameIndex: number): StatusField | undefined {
    checkStatic(nameIndex);
    const isGrpcStatus = nameIndex === 0 && isGrpcStatusName(this.#string());
    const value = this.#string();
    if (isGrpcStatus) return { name: "grpc-status", value: statusText(value) };
    if (staticStatuses[nameIndex - firstStatusIndex] === undefined) return undefined;
    return { name: ":status", value: statusText(value) };
  }

  #string(): HpackString {
    const isHuffman = (this.#peek() & 0x80) !== 0;
    const length = this.#integer(7);
    const end = this.#at + length;
    if (end > this.#block.length) throw new Error("a header block ends inside a string");
    const bytes = this.#block.subarray(this.#at, end);
    this.#at = end;
    return { bytes, isHuffman };
  }

  #integer(prefixBits: number): number {
    const limit = 2 ** prefixBits - 1;
    let value = this.#next() & limit;
    if (value < limit) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#next();
      value += (byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new Error("a header block holds a number that is too long");
  }

  #peek(): number {
    const byte = this.#block[this.#at];
    if (byte === undefined) throw new Error("a header block ends inside a field");
    return byte;
  }

  #next(): number {
    const byte = this.#peek();
    this.#at++;
    return byte;
  }
}

function checkStatic(index: number): void {
  if (index > staticTableSize) {
    throw new Error(`a header block refers to entry ${index}, of a dynamic table announced to be empty`);
  }
}

function isGrpcStatusName({ bytes, isHuffman }: HpackString): boolean {
  return bytes.equals(isHuffman ? grpcStatusNameHuffman : grpcStatusName);
}

/** Statuses are digits; in Huffman code only "0" is told apart, 5 zero bits and padding, as all others are failures. */
function statusText({ bytes, isHuffman }: HpackString): string {
  if (!isHuffman) return bytes.toString("latin1");
  if (bytes.length === 1 && bytes[0] === 0x07) return "0";
  return `Huffman 0x${bytes.toString("hex")}`;
}
