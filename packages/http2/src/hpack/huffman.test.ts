import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeHuffman, maxHuffmanDecodedLength } from "./decode-huffman.js";
import { encodeHuffman, huffmanLength } from "./encode-huffman.js";
import { HpackError } from "./hpack-error.js";
import { hex } from "./testing/field-lines.js";

function encode(text: string): Buffer {
  const target = Buffer.alloc(text.length * 4 + 1);
  return target.subarray(0, encodeHuffman(text, target, 0));
}

function decode(bytes: Uint8Array): string {
  const target = Buffer.alloc(maxHuffmanDecodedLength(bytes.length));
  return target.toString("latin1", 0, decodeHuffman(bytes, 0, bytes.length, target));
}

const latin1 = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("latin1"));

test("codes of RFC 7541, appendix B, stand as they are written there", () => {
  // One of each length, the first and the last of some: code and bits.
  const codes: [string, number, number][] = [
    ["0", 0x0, 5],
    ["t", 0x9, 5],
    [" ", 0x14, 6],
    ["u", 0x2d, 6],
    [":", 0x5c, 7],
    ["z", 0x7b, 7],
    ["&", 0xf8, 8],
    ["Z", 0xfd, 8],
    ["!", 0x3f8, 10],
    ["|", 0x7fc, 11],
    ["#", 0xffa, 12],
    ["\0", 0x1ff8, 13],
    ["^", 0x3ffc, 14],
    ["{", 0x7ffe, 15],
    ["\\", 0x7fff0, 19],
    ["\x80", 0xfffe6, 20],
    ["\x99", 0x1fffdc, 21],
    ["\x81", 0x3fffd2, 22],
    ["\x01", 0x7fffd8, 23],
    ["\t", 0xffffea, 24],
    ["\xeb", 0x1ffffef, 25],
    ["\xff", 0x3ffffee, 26],
    ["\xfe", 0x7fffff0, 27],
    ["\x02", 0xfffffe2, 28],
    ["\xf9", 0xffffffe, 28],
    ["\n", 0x3ffffffc, 30],
    ["\x16", 0x3ffffffe, 30],
  ];
  for (const [text, code, bits] of codes) {
    const padded = code.toString(2).padStart(bits, "0").padEnd(32, "1");
    const bytes = hex(Number.parseInt(padded, 2).toString(16).padStart(8, "0"));
    assert.deepEqual(encode(text), bytes.subarray(0, Math.ceil(bits / 8)), JSON.stringify(text));
  }
});

test("every byte comes back, alone and behind every other", () => {
  for (let one = 0; one < 256; one++) {
    const alone = String.fromCharCode(one);
    assert.equal(decode(encode(alone)), alone);
    for (let other = 0; other < 256; other++) {
      const pair = alone + String.fromCharCode(other);
      assert.equal(decode(encode(pair)), pair);
    }
  }
});

test("any text comes back, and its length is known beforehand", () => {
  fc.assert(
    fc.property(latin1, (text) => {
      const bytes = encode(text);
      assert.equal(bytes.length, huffmanLength(text));
      assert.equal(decode(bytes), text);
    }),
  );
});

test("any bytes are a text or an HpackError, and never longer than promised", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const target = Buffer.alloc(256);
      try {
        const length = decodeHuffman(bytes, 0, bytes.length, target);
        assert.ok(length <= maxHuffmanDecodedLength(bytes.length));
        // There is one way only to write a text.
        assert.deepEqual(encode(target.toString("latin1", 0, length)), Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof HpackError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test("only the bytes of the string are read", () => {
  const target = Buffer.alloc(8);
  assert.equal(decodeHuffman(hex("ffffabffff"), 2, 3, target), 1);
  assert.equal(target.toString("latin1", 0, 1), "n");
});

test("the length of a text that is not latin1 is no number", () => {
  assert.ok(Number.isNaN(huffmanLength("caf\u00e9 \u2013 a dash")));
});

const wrongEnd = new HpackError("a Huffman-coded string does not end in at most 7 bits of ones");
const endOfString = new HpackError("a Huffman-coded string holds the end-of-string symbol");

const malformed: [string, string, HpackError][] = [
  ["padding of 8 ones", "ff", wrongEnd],
  ["a byte of padding behind a code that ends with a byte", "f8ff", wrongEnd],
  ["padding with zeros", "00", wrongEnd],
  ["padding with a zero among its ones", "1d", wrongEnd],
  ["a code cut off", "fffc", wrongEnd],
  ["the end-of-string symbol", "3fffffffff", endOfString],
  ["the end-of-string symbol at the start", "fffffffc", endOfString],
  ["the end-of-string symbol across the two halves of a byte", "f8fffffffff8", endOfString],
];

for (const [what, bytes, error] of malformed) {
  test(`${what} is refused`, () => {
    assert.throws(() => decode(hex(bytes)), error);
  });
}
