import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSmapsRollup, readOwnMemory } from "./own-memory.js";

test("anonymous and resident memory are read in bytes", () => {
  const text =
    "5581-7ffd ---p 00000000 00:00 0    [rollup]\nRss:            1024 kB\nPss_Anon:         1 kB\nAnonymous:       512 kB\n";
  assert.deepEqual(parseSmapsRollup(text), { anonymousBytes: 524_288, residentBytes: 1_048_576 });
});

test("this process has some of both", { skip: process.platform !== "linux" }, () => {
  const { anonymousBytes, residentBytes } = readOwnMemory();
  assert.ok(anonymousBytes > 0 && anonymousBytes <= residentBytes);
});
