import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BufferPool } from "./buffer-pool.js";

const mib = 1024 * 1024;

describe("a pool of buffers", () => {
  test("gives a buffer again, once, to whoever needs most of it", () => {
    const pool = new BufferPool();
    const buffer = pool.take(20_000);
    assert.equal(buffer.byteLength, 32_768);
    pool.give(buffer);
    assert.notEqual(pool.take(16_384), buffer);
    assert.equal(pool.take(16_385), buffer);
    assert.notEqual(pool.take(32_768), buffer);
  });

  test("keeps 32 of a size", () => {
    const pool = new BufferPool();
    const given = Array.from({ length: 40 }, () => new ArrayBuffer(16_384));
    for (const buffer of given) pool.give(buffer);
    const taken = given.filter(() => given.includes(pool.take(16_384)));
    assert.equal(taken.length, 32);
  });

  test("keeps 64 MiB, and lets go of all for sizes that come now", () => {
    const pool = new BufferPool();
    const [first, second, third] = [32 * mib, 32 * mib, 16 * mib].map((size) => new ArrayBuffer(size));
    for (const buffer of [first, second, third]) pool.give(buffer as ArrayBuffer);
    assert.ok(![first, second].includes(pool.take(32 * mib)));
    assert.equal(pool.take(16 * mib), third);
  });

  test("keeps nothing that is tiny, of another size, larger than all it may keep, or moved away", () => {
    const pool = new BufferPool();
    const moved = new ArrayBuffer(16_384);
    structuredClone(moved, { transfer: [moved] });
    const given = [new ArrayBuffer(8), new ArrayBuffer(20_000), new ArrayBuffer(128 * mib), moved];
    for (const buffer of given) pool.give(buffer);
    for (const size of [0, 8, 16_384, 20_000, 128 * mib]) assert.ok(!given.includes(pool.take(size)));
  });
});
