import assert from "node:assert/strict";
import { test } from "node:test";
import { HpackDecoder } from "./hpack-decoder.js";
import { HpackEncoder } from "./hpack-encoder.js";
import { hex, toLines } from "./testing/field-lines.js";

const tooLarge = { fields: [], isTooLarge: true };

/** `a: b`, added to the table. */
const added = "4001610162";

test("a list at the limit of its size passes, one byte more does not", () => {
  const block = hex("0001610162");
  assert.equal(new HpackDecoder({ maxListSize: 34 }).decode(block).isTooLarge, false);
  assert.deepEqual(new HpackDecoder({ maxListSize: 33 }).decode(block), tooLarge);
});

test("a list of as many fields as allowed passes, one more does not", () => {
  assert.equal(new HpackDecoder().decode(hex("82".repeat(100))).fields.length, 100);
  assert.deepEqual(new HpackDecoder().decode(hex("82".repeat(101))), tooLarge);
});

test("a few bytes that name one large entry many times give no large list", () => {
  const decoder = new HpackDecoder({ maxFields: 1_000_000 });
  const value = "x".repeat(4000);
  const length = "7fa11e";
  decoder.decode(Buffer.concat([hex(`400161${length}`), Buffer.from(value)]));
  assert.equal(decoder.decode(hex("be".repeat(4))).fields.length, 4);
  assert.deepEqual(decoder.decode(hex("be".repeat(1000))), tooLarge);
});

test("entries that come behind the limit are in the table all the same", () => {
  const decoder = new HpackDecoder({ maxFields: 1 });
  assert.deepEqual(decoder.decode(hex(`8282${added}`)), tooLarge);
  assert.deepEqual(toLines(decoder.decode(hex("be")).fields), ["a: b"]);
});

test("a table size update behind fields that were not kept is refused too", () => {
  assert.throws(() => new HpackDecoder({ maxFields: 0 }).decode(hex("8220")), /may only open a block/);
});

test("a smaller table size evicts the oldest entries, and a larger one brings none back", () => {
  const decoder = new HpackDecoder();
  decoder.decode(hex(`${added}4001630164`));
  // 34 bytes are room for one entry of two letters.
  assert.deepEqual(toLines(decoder.decode(hex("3f033fe11fbe")).fields), ["c: d"]);
  assert.throws(() => decoder.decode(hex("bf")), /the table holds 1 to 62/);
});

test("an entry larger than the table empties it, and is a header of the list", () => {
  const decoder = new HpackDecoder();
  decoder.decode(hex(added));
  assert.deepEqual(toLines(decoder.decode(hex("3f0340016303646566")).fields), ["c: def"]);
  assert.throws(() => decoder.decode(hex("be")), /the table holds 1 to 61/);
});

test("an entry may take its name from the one it pushes out", () => {
  const decoder = new HpackDecoder();
  decoder.decode(hex(`3f03${added}`));
  assert.deepEqual(toLines(decoder.decode(hex("7e0163")).fields), ["a: c"]);
  assert.deepEqual(toLines(decoder.decode(hex("be")).fields), ["a: c"]);
});

test("a peer that has not read a smaller announced size yet may use the protocol's", () => {
  const decoder = new HpackDecoder({ maxTableSize: 0 });
  decoder.decode(hex(added));
  assert.deepEqual(toLines(decoder.decode(hex("be")).fields), ["a: b"]);
  assert.throws(() => decoder.decode(hex("20be")), /the table holds 1 to 61/);
});

test("a larger announced size is used once the peer asks for it", () => {
  const encoder = new HpackEncoder({ maxTableSize: 65_536 });
  const decoder = new HpackDecoder({ maxTableSize: 65_536, maxListSize: 100_000 });
  encoder.setMaxTableSize(65_536);
  const large = [1, 2, 3].map((number) => ({ name: `n${number}`, value: String(number).repeat(9000) }));
  decoder.decode(encoder.encode(large));
  const block = encoder.encode([...large]);
  assert.equal(block.length, 3);
  assert.deepEqual(decoder.decode(block).fields, large);
});
