import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import { frameMessage, writeMessagePrefix } from "./frame-message.js";

describe("frameMessage", () => {
  test("puts the prefix before a small message, in one piece", () => {
    const message = Uint8Array.of(7, 8, 9);
    assert.deepEqual(frameMessage(message, false), [Buffer.from([0, 0, 0, 0, 3, 7, 8, 9])]);
    assert.deepEqual(frameMessage(message, true), [Buffer.from([1, 0, 0, 0, 3, 7, 8, 9])]);
  });

  test("frames a message of no bytes", () => {
    assert.deepEqual(frameMessage(new Uint8Array(0), false), [Buffer.alloc(5)]);
  });

  test("does not copy a large message", () => {
    const message = new Uint8Array(0x12345);
    const pieces = frameMessage(message, false);
    assert.equal(pieces.length, 2);
    assert.deepEqual(pieces[0], Buffer.from([0, 0, 1, 0x23, 0x45]));
    assert.equal(pieces[1], message);
  });

  test("copies up to 1 KiB", () => {
    assert.deepEqual(
      [1024, 1025].map((size) => frameMessage(new Uint8Array(size), false).length),
      [1, 2],
    );
  });
});

describe("writeMessagePrefix", () => {
  test("writes lengths of all 32 bits and touches nothing else", () => {
    const target = new Uint8Array(7).fill(0xaa);
    writeMessagePrefix(target, 0xfedc_ba98, false);
    assert.deepEqual([...target], [0, 0xfe, 0xdc, 0xba, 0x98, 0xaa, 0xaa]);
  });

  test("refuses a length it cannot declare", () => {
    assert.throws(() => writeMessagePrefix(new Uint8Array(5), 2 ** 32, false), {
      code: Code.overflow,
      message: "a gRPC message of 4294967296 bytes, more than 4294967295",
    });
  });
});
