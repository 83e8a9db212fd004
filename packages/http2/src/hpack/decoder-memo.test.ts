import assert from "node:assert/strict";
import { test } from "node:test";
import type { DecodedHeaders } from "./header-list.js";
import { HpackDecoder } from "./hpack-decoder.js";
import { hex, toLines } from "./testing/field-lines.js";

/** Decodes a block until it is known, and once more. */
function settle(decoder: HpackDecoder, block: Uint8Array): DecodedHeaders {
  decoder.decode(block);
  decoder.decode(block);
  return decoder.decode(block);
}

test("a block that keeps coming gives the same object", () => {
  const decoder = new HpackDecoder();
  const known = settle(decoder, hex("828684"));
  assert.equal(decoder.decode(hex("828684")), known);
  assert.equal(decoder.decode(hex("828684")).fields, known.fields);
});

test("blocks that come by turns give the same objects", () => {
  const decoder = new HpackDecoder();
  const blocks = ["82", "8286", "828684", "000161017a".repeat(20), "000161017b".repeat(20)].map(hex);
  const known = blocks.map((block) => settle(decoder, block));
  assert.deepEqual(
    blocks.map((block) => known.indexOf(decoder.decode(block))),
    [0, 1, 2, 3, 4],
  );
});

test("blocks that differ in one byte anywhere are told apart", () => {
  for (const length of [3, 8, 40, 100, 700]) {
    const decoder = new HpackDecoder({ maxListSize: 1e6, maxFields: 1000 });
    const block = Buffer.alloc(length, 0x82);
    settle(decoder, block);
    for (let at = 0; at < length; at++) {
      const other = Buffer.from(block).fill(0x83, at, at + 1);
      assert.equal(decoder.decode(other).fields[at]?.value, "POST", `byte ${at} of ${length}`);
      assert.equal(decoder.decode(block).fields[at]?.value, "GET", `byte ${at} of ${length}`);
    }
  }
});

test("what was decoded stays when the bytes are written over", () => {
  const decoder = new HpackDecoder();
  const buffer = hex("40036162630378797a");
  const { fields } = decoder.decode(buffer);
  buffer.fill(0);
  assert.deepEqual(toLines(fields), ["abc: xyz"]);
  const again = hex("be00016101620002616203646566");
  const known = settle(decoder, again);
  again.fill(0x82);
  assert.deepEqual(toLines(known.fields), ["abc: xyz", "a: b", "ab: def"]);
  assert.deepEqual(new Set(decoder.decode(again).fields.map(({ value }) => value)), new Set(["GET"]));
});

test("the same bytes mean something else after an entry came", () => {
  const decoder = new HpackDecoder();
  decoder.decode(hex("4001610162"));
  assert.deepEqual(toLines(settle(decoder, hex("be")).fields), ["a: b"]);
  decoder.decode(hex("4001630164"));
  assert.deepEqual(toLines(decoder.decode(hex("be")).fields), ["c: d"]);
});

test("the same bytes mean nothing any more after the table was emptied", () => {
  const decoder = new HpackDecoder();
  decoder.decode(hex("4001610162"));
  settle(decoder, hex("be"));
  assert.throws(() => decoder.decode(hex("20be")), /index 62 names no header field/);
});

test("a block that adds an entry adds it each time it comes", () => {
  const decoder = new HpackDecoder();
  for (let time = 0; time < 3; time++) decoder.decode(hex("4001610162"));
  assert.deepEqual(toLines(decoder.decode(hex("bebfc0")).fields), ["a: b", "a: b", "a: b"]);
});

test("a block that sets a table size sets it each time it comes", () => {
  const decoder = new HpackDecoder();
  const small = hex("3f0382");
  settle(decoder, small);
  decoder.decode(hex("3fe11f"));
  decoder.decode(small);
  decoder.decode(hex("40016101624001630164"));
  assert.throws(() => decoder.decode(hex("bf")), /the table holds 1 to 62/);
});

test("a list that is too large is too large each time", () => {
  const decoder = new HpackDecoder({ maxFields: 1 });
  for (let time = 0; time < 3; time++) {
    assert.deepEqual(decoder.decode(hex("8282")), { fields: [], isTooLarge: true });
  }
});
