import { huffmanBits, huffmanCodes } from "./huffman-code.js";

/** Bytes of a latin1 text in Huffman code; NaN when a character is no byte. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at++) bits += huffmanBits[text.charCodeAt(at)] ?? Number.NaN;
  return Math.ceil(bits / 8);
}

/** Writes a latin1 text in Huffman code at `start`, padded with ones, and gives the offset behind it. */
export function encodeHuffman(text: string, target: Uint8Array, start: number): number {
  let end = start;
  let byte = 0;
  let room = 8;
  for (let at = 0; at < text.length; at++) {
    const symbol = text.charCodeAt(at);
    const code = huffmanCodes[symbol] ?? 0;
    let bits = huffmanBits[symbol] ?? 0;
    // A store keeps the low 8 bits, so what a code has left above them from a former byte does no harm.
    while (bits >= room) {
      bits -= room;
      target[end++] = byte | (code >>> bits);
      byte = 0;
      room = 8;
    }
    room -= bits;
    byte |= code << room;
  }
  if (room < 8) target[end++] = byte | ((1 << room) - 1);
  return end;
}
