import assert from "node:assert/strict";
import { test } from "node:test";
import { murmur3 } from "./murmur3.js";

test("murmur3 gives the known hashes for every length of the last block", () => {
  const known: readonly (readonly [string, number])[] = [
    ["", 0],
    ["a", 0x3c2569b2],
    ["aa", 0x371091a9],
    ["abc", 0xb3dd93fa],
    ["aaaa", 0x7eeed987],
    ["Hello, world!", 0xc0363e43],
  ];
  for (const [text, hash] of known) assert.equal(murmur3(Buffer.from(text)), hash, text);
});
