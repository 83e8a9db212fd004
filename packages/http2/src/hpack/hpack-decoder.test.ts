import assert from "node:assert/strict";
import { test } from "node:test";
import { HpackDecoder, type HpackDecoderOptions } from "./hpack-decoder.js";
import { HpackError } from "./hpack-error.js";
import { hex, toLines } from "./testing/field-lines.js";
import {
  type ExampleSequence,
  huffmanRequests,
  huffmanResponses,
  plainRequests,
  plainResponses,
  representations,
} from "./testing/rfc7541-examples.js";

function decodeLines(decoder: HpackDecoder, block: string): string[] {
  const { fields, isTooLarge } = decoder.decode(hex(block));
  assert.equal(isTooLarge, false);
  return toLines(fields);
}

/** What the dynamic table holds, newest first; ends the decoder. */
function tableLines(decoder: HpackDecoder): string[] {
  const lines: string[] = [];
  for (let index = 62; ; index++) {
    try {
      lines.push(...decodeLines(decoder, (0x80 | index).toString(16)));
    } catch (error) {
      assert.ok(error instanceof HpackError);
      return lines;
    }
  }
}

/** A decoder that has read the first blocks of a sequence. */
function decoderAfter({ tableSize, examples }: ExampleSequence, count: number): HpackDecoder {
  const decoder = new HpackDecoder({ maxTableSize: tableSize });
  if (tableSize === 256) decoder.decode(hex("3fe101"));
  for (const { block } of examples.slice(0, count)) decoder.decode(hex(block));
  return decoder;
}

for (const { section, block, fields, table } of representations) {
  test(`RFC 7541, ${section}, is decoded`, () => {
    const decoder = new HpackDecoder();
    assert.deepEqual(decodeLines(decoder, block), fields);
    assert.deepEqual(tableLines(decoder), table);
  });
}

for (const sequence of [plainRequests, huffmanRequests, plainResponses, huffmanResponses]) {
  sequence.examples.forEach(({ section, block, fields, table }, at) => {
    test(`RFC 7541, ${section}, is decoded`, () => {
      assert.deepEqual(decodeLines(decoderAfter(sequence, at), block), fields);
      assert.deepEqual(tableLines(decoderAfter(sequence, at + 1)), table);
    });
  });
}

test("an empty block is an empty list", () => {
  assert.deepEqual(new HpackDecoder().decode(hex("")), { fields: [], isTooLarge: false });
});

test("a never indexed literal is marked as sensitive, others are not", () => {
  const decoder = new HpackDecoder();
  const block = hex("1f0803616263" + "0f0803616263" + "82");
  assert.deepEqual(decoder.decode(block).fields, [
    { name: "authorization", value: "abc", isSensitive: true },
    { name: "authorization", value: "abc" },
    { name: ":method", value: "GET" },
  ]);
  assert.deepEqual(tableLines(decoder), []);
});

test("the entries of the static table stand at their index", () => {
  const decoder = new HpackDecoder();
  const lines = Array.from({ length: 61 }, (_, at) => decodeLines(decoder, (0x81 + at).toString(16))[0]);
  assert.equal(lines[0], ":authority: ");
  assert.equal(lines[13], ":status: 500");
  assert.equal(lines[15], "accept-encoding: gzip, deflate");
  assert.equal(lines[30], "content-type: ");
  assert.equal(lines[57], "user-agent: ");
  assert.equal(lines[60], "www-authenticate: ");
  assert.equal(new Set(lines).size, 61);
});

test("bytes above 7 bits are latin1 characters", () => {
  assert.deepEqual(decodeLines(new HpackDecoder(), "000161" + "02e9ff"), ["a: \u00e9\u00ff"]);
});

const malformed: [string, string, HpackDecoderOptions, string][] = [
  ["index 0", "80", {}, "index 0 names no header field: the table holds 1 to 61"],
  [
    "an index behind an empty dynamic table",
    "be",
    {},
    "index 62 names no header field: the table holds 1 to 61",
  ],
  [
    "an index behind the last entry",
    "4001610162bf",
    {},
    "index 63 names no header field: the table holds 1 to 62",
  ],
  [
    "the name of an index behind the last entry",
    "7f000161",
    {},
    "index 63 names no header field: the table holds 1 to 61",
  ],
  [
    "an index beyond all tables",
    "ffffffff7f",
    {},
    "index 268435582 names no header field: the table holds 1 to 61",
  ],
  [
    "a table size update behind a field",
    "8220",
    {},
    "a table size update stands behind a header field: it may only open a block",
  ],
  [
    "a table size update above the announced size",
    "3fe21f",
    {},
    "a table size update to 4097 bytes, above the 4096 announced",
  ],
  [
    "a table size update above a smaller announced size",
    "3fe201",
    { maxTableSize: 256 },
    "a table size update to 257 bytes, above the 256 announced",
  ],
  ["a literal without a value", "000161", {}, "a header block ends where a string should begin"],
  ["a literal without a name", "40", {}, "a header block ends where a string should begin"],
  ["a value cut off", "00016105", {}, "a header block ends inside a string: 5 bytes announced, 0 left"],
  [
    "a value with the end-of-string symbol",
    "00016184ffffffff",
    {},
    "a Huffman-coded string holds the end-of-string symbol",
  ],
];

for (const [what, block, options, message] of malformed) {
  test(`${what} is refused`, () => {
    assert.throws(() => new HpackDecoder(options).decode(hex(block)), new HpackError(message));
  });
}
