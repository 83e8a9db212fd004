import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { HpackDecoder } from "./hpack-decoder.js";
import { HpackEncoder } from "./hpack-encoder.js";
import { hex, toFields, toLines } from "./testing/field-lines.js";
import { type ExampleSequence, huffmanRequests, huffmanResponses } from "./testing/rfc7541-examples.js";

function encodeLines(encoder: HpackEncoder, lines: readonly string[]): string {
  return Buffer.from(encoder.encode(toFields(lines))).toString("hex");
}

function encodeAll(encoder: HpackEncoder, { examples }: ExampleSequence): string[] {
  return examples.map(({ fields }) => encodeLines(encoder, fields));
}

test("RFC 7541, C.4, is encoded byte for byte", () => {
  assert.deepEqual(
    encodeAll(new HpackEncoder(), huffmanRequests),
    huffmanRequests.examples.map(({ block }) => block),
  );
});

test("RFC 7541, C.6, is encoded byte for byte, but for a string that Huffman code does not shorten", () => {
  const [first = "", second = "", third = ""] = huffmanResponses.examples.map(({ block }) => block);
  assert.deepEqual(encodeAll(new HpackEncoder({ maxTableSize: 256 }), huffmanResponses), [
    `3fe101${first}`,
    second.replace("83640eff", "03333037"),
    third,
  ]);
});

test("a string is written plain when Huffman code would be longer or as long", () => {
  const encoder = new HpackEncoder({ maxTableSize: 0 });
  encoder.encode([]);
  assert.equal(encodeLines(encoder, ["a: \x00\x01"]), "00" + "0161" + "020001");
  assert.equal(encodeLines(encoder, ["a: 307"]), "00" + "0161" + "03333037");
});

test("an empty list is an empty block", () => {
  assert.equal(encodeLines(new HpackEncoder(), []), "");
});

test("a secret is written out every time and marked, even when a table holds the same field", () => {
  const encoder = new HpackEncoder();
  encodeLines(encoder, ["authorization: abc"]);
  const secret = { name: "authorization", value: "abc", isSensitive: true };
  for (let time = 0; time < 2; time++) {
    // 0001 and index 23 in a prefix of 4 bits, then "abc" in Huffman code: 00011 100011 00100.
    const block = encoder.encode([secret]);
    assert.deepEqual(block, hex("1f08" + "821c64"));
    assert.deepEqual(new HpackDecoder().decode(block).fields, [secret]);
  }
});

test("a header that changes with every call gets one entry for its name", () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  const sizes = ["5000m", "4999m", "4998m", "4997m"].map((value) => {
    const block = encoder.encode([{ name: "grpc-timeout", value }]);
    assert.deepEqual(toLines(decoder.decode(block).fields), [`grpc-timeout: ${value}`]);
    return block.length;
  });
  assert.deepEqual(sizes, [16, 7, 7, 7]);
  assert.throws(() => decoder.decode(hex("bf")), /the table holds 1 to 62/);
});

test("a field that would fill more than half the table is not kept", () => {
  const encoder = new HpackEncoder();
  const large = [{ name: "a", value: "x".repeat(2100) }];
  const kept = [{ name: "a", value: "x".repeat(2000) }];
  assert.equal(encoder.encode(large).length, encoder.encode([...large]).length);
  encoder.encode(kept);
  assert.equal(encoder.encode([...kept]).length, 1);
});

test("the same list gives the same bytes, the same object, while the table stays", () => {
  const encoder = new HpackEncoder();
  const list = toFields([":status: 200", "content-type: application/grpc"]);
  const other = toFields(["grpc-status: 0"]);
  encoder.encode(list);
  const block = encoder.encode(list);
  assert.deepEqual(block, hex("88be"));
  assert.equal(encoder.encode(list), block);
  encoder.encode(other);
  assert.deepEqual(encoder.encode(list), hex("88bf"));
});

test("more lists than the memo holds are still encoded right", () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  const lists = Array.from({ length: 40 }, (_, at) => toFields([`name${at}: value`]));
  for (let time = 0; time < 3; time++) {
    for (const list of lists) assert.deepEqual(decoder.decode(encoder.encode(list)).fields, list);
  }
});

test("a list longer than any buffer at hand is encoded whole", () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  // No shorter in Huffman code, and each length takes two bytes.
  const binary = "\xff".repeat(200);
  const list = Array.from({ length: 20 }, (_, at) => ({ name: `${at}${binary}`, value: binary }));
  assert.deepEqual(decoder.decode(encoder.encode(list)).fields, list);
});

test("two blocks one behind the other are one block", () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  const constant = toFields([":method: POST", "te: trailers"]);
  const own = toFields(["grpc-timeout: 1S"]);
  for (let time = 0; time < 3; time++) {
    const block = Buffer.concat([encoder.encode(constant), encoder.encode(own)]);
    assert.deepEqual(decoder.decode(block).fields, [...constant, ...own]);
  }
});

test("a block stays what it is while others are encoded", () => {
  const encoder = new HpackEncoder();
  const block = encoder.encode(toFields(["a: b"]));
  const copy = Buffer.from(block);
  encoder.encode(toFields(["c: d", "e: f"]));
  assert.deepEqual(block, copy);
});

test("a smaller table of the peer opens the next block, and only that", () => {
  const encoder = new HpackEncoder();
  const list = toFields(["a: b"]);
  encoder.encode(list);
  encoder.setMaxTableSize(100);
  assert.deepEqual(encoder.encode(list), hex("3f45be"));
  assert.deepEqual(encoder.encode(list), hex("be"));
});

test("sizes that change more than once are told as the smallest and the last", () => {
  const encoder = new HpackEncoder();
  encodeLines(encoder, ["a: b"]);
  encoder.setMaxTableSize(1000);
  encoder.setMaxTableSize(0);
  encoder.setMaxTableSize(4096);
  assert.equal(encodeLines(encoder, [":method: GET"]), "203fe11f82");
  assert.match(encodeLines(encoder, ["a: b"]), /^40/);
});

test("a larger table of the peer is not used beyond what this end keeps", () => {
  const encoder = new HpackEncoder();
  encoder.setMaxTableSize(2 ** 32 - 1);
  assert.equal(encodeLines(encoder, [":method: GET"]), "82");
  const larger = new HpackEncoder({ maxTableSize: 8192 });
  larger.setMaxTableSize(2 ** 32 - 1);
  assert.equal(encodeLines(larger, [":method: GET"]), "3fe13f82");
});

test("a table that this end keeps smaller is told in the first block", () => {
  assert.equal(encodeLines(new HpackEncoder({ maxTableSize: 0 }), [":method: GET"]), "2082");
});

const notLatin1 = new ServeError(
  Code.invalidArgument,
  'header "x-name" has a character above U+00FF: headers carry latin1, others are to be encoded',
);

test("a value that is not latin1 is refused, and the peer stays in step", () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  decoder.decode(encoder.encode(toFields(["a: b"])));
  assert.throws(() => encoder.encode(toFields(["c: d", "x-name: \u2013"])), notLatin1);
  for (const lines of [["a: b", "c: d"], ["c: d"], ["a: b"]]) {
    assert.deepEqual(toLines(decoder.decode(encoder.encode(toFields(lines))).fields), lines);
  }
});

test("a name that is not latin1 is refused", () => {
  const message = /^header "x-\u2013" has a character above U\+00FF/;
  assert.throws(() => new HpackEncoder().encode([{ name: "x-\u2013", value: "" }]), { message });
});

test("a list that is refused does not lose the table size the peer waits for", () => {
  const encoder = new HpackEncoder();
  encoder.setMaxTableSize(0);
  assert.throws(() => encoder.encode(toFields(["x-name: \u2013"])), notLatin1);
  assert.equal(encodeLines(encoder, [":method: GET"]), "2082");
});
