import { Code, ServeError } from "@paddlewheel/core";

// Snappy's block format: the length, then elements that are literal bytes or copies of earlier ones.
// Source: format_description.txt of google/snappy. Little and simple enough to have here: what a package would bring
// is an encoder and a decoder of this size, without a check of every offset.

/** The low two bits of an element's first byte. */
const Tag = { literal: 0, nearCopy: 1, copy: 2, farCopy: 3 } as const;

/** Copies of one element are at most this long, and the shortest that can make so much takes 3 bytes. */
const maxCopyLength = 64;
const minCopySize = 3;

/**
 * Unpacks a block. What it declares to become is checked before memory for it is asked for: against `maxSize`, and
 * against what so few bytes could become at all.
 * @throws ServeError malformedRequest for bytes that are no block; what `exceeded` gives above `maxSize` bytes.
 */
export function unpackSnappy(
  block: Uint8Array,
  { maxSize, exceeded }: { readonly maxSize: number; readonly exceeded: () => ServeError },
): Uint8Array {
  const { size, at } = readSize(block);
  if (size > maxSize) throw exceeded();
  if (size > ((block.length - at) * maxCopyLength) / minCopySize) throw notSnappy("it is too short");
  const message = Buffer.allocUnsafe(size);
  if (writeElements(block, at, message) < size) throw notSnappy("it is too short");
  return message;
}

function readSize(block: Uint8Array): { readonly size: number; readonly at: number } {
  let size = 0;
  for (let at = 0; at < 5; at++) {
    const byte = block[at];
    if (byte === undefined) break;
    size += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { size, at: at + 1 };
  }
  throw notSnappy("it has no length");
}

/** Writes what the elements from `start` on say; gives the number of bytes written. */
function writeElements(block: Uint8Array, start: number, message: Uint8Array): number {
  let at = start;
  let end = 0;
  while (at < block.length) {
    const tag = block[at++] ?? 0;
    const kind = tag & 3;
    if (kind === Tag.literal) {
      const extra = Math.max((tag >>> 2) - 59, 0);
      const length = extra === 0 ? (tag >>> 2) + 1 : littleEndian(block, at, extra) + 1;
      at += extra;
      if (length > block.length - at) throw notSnappy("it is too short");
      if (length > message.length - end) throw notSnappy("it is too long");
      copyLiteral(block, at, { message, end, length });
      at += length;
      end += length;
      continue;
    }
    const size = kind === Tag.farCopy ? 4 : kind;
    const length = kind === Tag.nearCopy ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const high = kind === Tag.nearCopy ? (tag >>> 5) << 8 : 0;
    const offset = high + littleEndian(block, at, size);
    at += size;
    if (at > block.length) throw notSnappy("it is too short");
    if (offset === 0 || offset > end) throw notSnappy("a copy points before its start");
    if (length > message.length - end) throw notSnappy("it is too long");
    copyWithin(message, end, { offset, length });
    end += length;
  }
  return end;
}

function littleEndian(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

/** Up to this length a loop is done before a call out of JavaScript. */
const maxLoopedBytes = 32;

interface Literal {
  readonly message: Uint8Array;
  readonly end: number;
  readonly length: number;
}

function copyLiteral(block: Uint8Array, at: number, { message, end, length }: Literal): void {
  if (length > maxLoopedBytes) message.set(block.subarray(at, at + length), end);
  else for (let i = 0; i < length; i++) message[end + i] = block[at + i] ?? 0;
}

/** A copy may reach into itself: it repeats what lies between then. */
function copyWithin(
  message: Uint8Array,
  end: number,
  { offset, length }: { readonly offset: number; readonly length: number },
): void {
  if (offset >= length && length > maxLoopedBytes)
    message.copyWithin(end, end - offset, end - offset + length);
  else for (let i = 0; i < length; i++) message[end + i] = message[end + i - offset] ?? 0;
}

function notSnappy(why: string): ServeError {
  return new ServeError(Code.malformedRequest, `the message is no snappy block: ${why}`);
}

/** Blocks are packed in parts of this size, so that offsets and positions fit 16 bits. */
const partSize = 65_536;
const hashBits = 14;
/** Where in its part each hash of four bytes was seen last. Positions of other parts are told by their bytes. */
const seenAt = new Uint16Array(2 ** hashBits);

/** Packs a message as one block. It takes about 1.5 ms for a megabyte of floats. */
export function packSnappy(message: Uint8Array): Uint8Array {
  // The most a block can take: a literal's head for each run between copies, which save what they cost.
  const block = Buffer.allocUnsafe(32 + message.length + Math.ceil(message.length / 6));
  const writer = { block, at: 0 };
  writeSize(writer, message.length);
  for (let start = 0; start < message.length; start += partSize) {
    packPart(message.subarray(start, start + partSize), writer);
  }
  return block.subarray(0, writer.at);
}

interface BlockWriter {
  readonly block: Uint8Array;
  at: number;
}

function writeSize(writer: BlockWriter, size: number): void {
  let rest = size;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) writer.block[writer.at++] = (rest & 0x7f) | 0x80;
  writer.block[writer.at++] = rest;
}

/** After so many misses in a row one byte more is skipped at a time: what does not pack is left alone soon. */
const missesPerSkip = 32;

function packPart(part: Uint8Array, writer: BlockWriter): void {
  seenAt.fill(0);
  const last = part.length - 4;
  let literalStart = 0;
  let misses = missesPerSkip;
  for (let at = 1; at <= last; ) {
    const word = wordAt(part, at);
    const hash = Math.imul(word, 0x1e35a7bd) >>> (32 - hashBits);
    const candidate = seenAt[hash] ?? 0;
    seenAt[hash] = at;
    if (wordAt(part, candidate) !== word) {
      at += Math.floor(misses++ / missesPerSkip);
      continue;
    }
    misses = missesPerSkip;
    writeLiteral(part.subarray(literalStart, at), writer);
    const length = 4 + sameLength(part, candidate + 4, at + 4);
    writeCopies(at - candidate, length, writer);
    at += length;
    literalStart = at;
  }
  writeLiteral(part.subarray(literalStart), writer);
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

function sameLength(bytes: Uint8Array, earlier: number, later: number): number {
  let length = 0;
  while (later + length < bytes.length && bytes[earlier + length] === bytes[later + length]) length++;
  return length;
}

function writeLiteral(bytes: Uint8Array, writer: BlockWriter): void {
  const rest = bytes.length - 1;
  if (rest < 0) return;
  const { block } = writer;
  if (rest < 60) block[writer.at++] = rest << 2;
  else {
    // A part has at most 64 KiB: one or two bytes say its length.
    block[writer.at++] = (rest < 256 ? 60 : 61) << 2;
    block[writer.at++] = rest & 0xff;
    if (rest >= 256) block[writer.at++] = rest >>> 8;
  }
  block.set(bytes, writer.at);
  writer.at += bytes.length;
}

function writeCopies(offset: number, length: number, writer: BlockWriter): void {
  const { block } = writer;
  for (let rest = length; rest > 0; ) {
    const piece = Math.min(rest, maxCopyLength);
    block[writer.at++] = ((piece - 1) << 2) | Tag.copy;
    block[writer.at++] = offset & 0xff;
    block[writer.at++] = offset >>> 8;
    rest -= piece;
  }
}
