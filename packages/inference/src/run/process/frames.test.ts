import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { encodeFrame, type Frame, FrameReader, type ReadFrame } from "./frames.js";

const frames = fc.array(
  fc.record(
    {
      value: fc.string(),
      parts: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }),
    },
    { noNullPrototype: true },
  ),
  { maxLength: 4 },
);

describe("FrameReader", () => {
  test("reads what was written, wherever the stream cuts it, each part into memory of its own", () => {
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 50 }), (written: Frame[], chunk) => {
        const bytes = Buffer.concat(written.flatMap(encodeFrame));
        const read: ReadFrame[] = [];
        const reader = new FrameReader((frame) => read.push(frame));
        for (let at = 0; at < bytes.byteLength; at += chunk) reader.push(bytes.subarray(at, at + chunk));
        assert.deepEqual(read, written);
        for (const part of read.flatMap(({ parts }) => parts)) {
          assert.equal(part.byteOffset + part.byteLength, part.buffer.byteLength);
        }
      }),
    );
  });

  test("refuses bytes that are no frames", () => {
    const reader = new FrameReader(() => {});
    assert.throws(
      () => reader.push(new Uint8Array([0, 0, 0, 0])),
      new Error("a frame has a head of 0 bytes; it must have 1 to 1073741824"),
    );
  });
});
