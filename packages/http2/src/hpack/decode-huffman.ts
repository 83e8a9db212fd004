import { HpackError } from "./hpack-error.js";
import { huffmanBits, huffmanCodes } from "./huffman-code.js";

/** Inner nodes of the code tree: one less than its leaves, which are the 256 bytes and the end-of-string symbol. */
const nodeCount = 256;
/** A string is padded with the first bits of the end-of-string code, all ones, and with less than a byte of them. */
const maxPaddingBits = 7;

/** A step of the machine: the next node in bits 0 to 7, the byte it gives in bits 8 to 15, and two flags. */
const givesByte = 1 << 16;
const endsString = 1 << 17;

const tree = growTree();
const steps = planSteps();
const isPadding = markPadding();

/** Longest string that so many Huffman-coded bytes can stand for: no code is shorter than 5 bits. */
export function maxHuffmanDecodedLength(bytes: number): number {
  return Math.floor((bytes * 8) / 5);
}

/**
 * Decodes the Huffman-coded bytes from `start` to `end` into `target`, which has room for the longest outcome, and
 * gives the length. Takes half a byte at a time: a table for whole bytes (256 KB) would live outside the first cache.
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number, target: Uint8Array): number {
  let node = 0;
  let length = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    const high = steps[(node << 4) | (byte >> 4)] ?? endsString;
    if (high & givesByte) target[length++] = high >> 8;
    const low = steps[((high & 0xff) << 4) | (byte & 15)] ?? endsString;
    if (low & givesByte) target[length++] = low >> 8;
    if ((high | low) & endsString) {
      throw new HpackError("a Huffman-coded string holds the end-of-string symbol");
    }
    node = low & 0xff;
  }
  if (isPadding[node] === 0) {
    throw new HpackError("a Huffman-coded string does not end in at most 7 bits of ones");
  }
  return length;
}

/** The two children of each node: above 0 a node, below 0 a leaf (-1 - byte), 0 the end-of-string symbol. */
function growTree(): Int16Array {
  const children = new Int16Array(nodeCount * 2);
  let grown = 1;
  for (let symbol = 0; symbol < 256; symbol++) {
    const code = huffmanCodes[symbol] ?? 0;
    let node = 0;
    for (let bit = (huffmanBits[symbol] ?? 0) - 1; bit > 0; bit--) {
      const child = node * 2 + ((code >> bit) & 1);
      if (children[child] === 0) children[child] = grown++;
      node = children[child] ?? 0;
    }
    children[node * 2 + (code & 1)] = -1 - symbol;
  }
  return children;
}

/** What each half byte does at each node: 16 steps per node. */
function planSteps(): Int32Array {
  return Int32Array.from({ length: nodeCount * 16 }, (_, step) => planStep(step >> 4, step & 15));
}

/** At most one byte comes out of a step, because no code is shorter than 5 bits. */
function planStep(from: number, nibble: number): number {
  let node = from;
  let flags = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const child = tree[node * 2 + ((nibble >> bit) & 1)] ?? 0;
    if (child === 0) return endsString;
    if (child < 0) flags = givesByte | ((-1 - child) << 8);
    node = Math.max(child, 0);
  }
  return flags | node;
}

/** Nodes where a string may end: the root and those that a few ones lead to. */
function markPadding(): Uint8Array {
  const marks = new Uint8Array(nodeCount);
  let node = 0;
  for (let ones = 0; ones <= maxPaddingBits; ones++) {
    marks[node] = 1;
    node = tree[node * 2 + 1] ?? 0;
  }
  return marks;
}
