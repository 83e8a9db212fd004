import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { xxHash32 } from "./xx-hash.js";

const hashOf = (text: string, seed = 0): number => xxHash32(new TextEncoder().encode(text), seed) >>> 0;

test("XXH32 gives the hashes that others publish", () => {
  assert.equal(hashOf(""), 0x02cc5d05);
  assert.equal(hashOf("a"), 0x550d7456);
  assert.equal(hashOf("abc"), 0x32d153ff);
  assert.equal(hashOf("Nobody inspects the spammish repetition"), 0xe2293b2f);
});

test("the hash of bytes does not depend on where they lie", () => {
  const bytes = fc.uint8Array({ maxLength: 100 });
  const property = fc.property(bytes, fc.integer({ min: 1, max: 7 }), fc.integer(), (data, offset, seed) => {
    const moved = new Uint8Array(data.length + offset).subarray(offset);
    moved.set(data);
    assert.equal(xxHash32(moved, seed), xxHash32(data, seed));
  });
  fc.assert(property);
});

test("every byte, the length and the seed count", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 100 });
  const property = fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (data, place, change) => {
    const other = data.slice();
    const at = place % data.length;
    other[at] = (other[at] ?? 0) ^ change;
    const hash = xxHash32(data, 0);
    assert.notEqual(xxHash32(other, 0), hash);
    assert.notEqual(xxHash32(data, change), hash);
    assert.notEqual(xxHash32(data.subarray(1), 0), hash);
  });
  fc.assert(property, { seed: 1 });
});
