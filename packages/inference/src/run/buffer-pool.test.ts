import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BufferPool } from "./buffer-pool.js";

describe("a pool of buffers", () => {
  test("gives a buffer of just the size again, once", () => {
    const pool = new BufferPool();
    const buffer = new ArrayBuffer(100);
    pool.give(buffer);
    assert.equal(pool.take(99), undefined);
    assert.equal(pool.take(100), buffer);
    assert.equal(pool.take(100), undefined);
  });

  test("keeps 32 of a size", () => {
    const pool = new BufferPool();
    for (let i = 0; i < 40; i++) pool.give(new ArrayBuffer(8));
    let kept = 0;
    while (pool.take(8)) kept++;
    assert.equal(kept, 32);
  });

  test("keeps 64 MiB, and lets go of all for sizes that come now", () => {
    const pool = new BufferPool();
    const mib = 1024 * 1024;
    for (let i = 0; i < 3; i++) pool.give(new ArrayBuffer(20 * mib));
    pool.give(new ArrayBuffer(10 * mib));
    assert.equal(pool.take(20 * mib), undefined);
    assert.equal(pool.take(10 * mib)?.byteLength, 10 * mib);
  });

  test("keeps nothing that is larger than all it may keep, and nothing that was moved away", () => {
    const pool = new BufferPool();
    pool.give(new ArrayBuffer(65 * 1024 * 1024));
    assert.equal(pool.take(65 * 1024 * 1024), undefined);
    const moved = new ArrayBuffer(8);
    structuredClone(moved, { transfer: [moved] });
    pool.give(moved);
    assert.equal(pool.take(0), undefined);
  });
});
