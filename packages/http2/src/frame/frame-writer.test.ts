import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { rawFrame } from "../testing/raw-frame.js";
import { RecordingVisitor } from "../testing/recording-visitor.js";
import { FrameReader } from "./frame-reader.js";
import { FrameType } from "./frame-type.js";
import { FrameWriter } from "./frame-writer.js";

function readBack(writer: FrameWriter): RecordingVisitor {
  const visitor = new RecordingVisitor();
  const limits = { maxFrameSize: 16_384, maxHeaderBlockSize: 100_000, maxContinuations: 10 };
  const reader = new FrameReader(visitor, limits);
  reader.read(rawFrame({ type: FrameType.settings }));
  visitor.frames.length = 0;
  for (const piece of writer.take()) reader.read(piece);
  return visitor;
}

describe("FrameWriter", () => {
  test("writes what a FrameReader reads", () => {
    const writer = new FrameWriter();
    writer.settings([
      [3, 100],
      [4, 0x7fffffff],
    ]);
    writer.settingsAck();
    writer.headers(0x7fffffff, Buffer.from("block"), false);
    writer.data(1, Buffer.from("hello"), false);
    writer.data(1, new Uint8Array(0), true);
    writer.rstStream(5, 0xfffffffe);
    writer.ping(Buffer.from("12345678"), true);
    writer.goaway(7, 11, "calm");
    writer.windowUpdate(0, 0x7fffffff);
    assert.equal(writer.length, 21 + 9 + 14 + 14 + 9 + 13 + 17 + 21 + 13);
    const { frames } = readBack(writer);
    assert.deepEqual(frames, [
      { type: "settings", payload: "00030000006400047fffffff" },
      { type: "settingsAck" },
      { type: "headers", streamId: 0x7fffffff, block: new Uint8Array(Buffer.from("block")), isEnd: false },
      { type: "data", streamId: 1, size: 5, data: "hello", isEnd: false },
      { type: "dataEnd" },
      { type: "data", streamId: 1, size: 0, data: "", isEnd: true },
      { type: "dataEnd" },
      { type: "rstStream", streamId: 5, code: 0xfffffffe },
      { type: "ping", payload: "12345678", isAck: true },
      { type: "goaway", lastStreamId: 7, code: 11 },
      { type: "windowUpdate", streamId: 0, increment: 0x7fffffff },
    ]);
    assert.equal(writer.length, 0);
  });

  test("splits a header block larger than a frame", () => {
    const writer = new FrameWriter();
    const block = Buffer.alloc(40_000, "abc");
    writer.headers(1, block, true);
    const [first] = writer.take();
    assert.equal(first?.readUIntBE(0, 3), 16_384);
    writer.headers(1, block, true);
    const [frame] = readBack(writer).frames;
    assert.ok(frame?.type === "headers" && frame.isEnd);
    assert.ok(block.equals(frame.block));
  });

  test("packs small frames into one piece and passes large bodies on as they are", () => {
    const writer = new FrameWriter();
    const body = new Uint8Array(10_000).fill(7);
    writer.headers(1, Buffer.from("block"), false);
    writer.data(1, Buffer.from("small"), false);
    writer.data(1, body, true);
    writer.ping(Buffer.from("12345678"), true);
    const pieces = writer.take();
    assert.deepEqual(
      pieces.map((piece) => piece.length),
      [14 + 14 + 9, 10_000, 17],
    );
    assert.equal(pieces[1]?.buffer, body.buffer);
  });

  test("does not write again over bytes that were taken", () => {
    const writer = new FrameWriter();
    writer.ping(Buffer.from("12345678"), false);
    const [first] = writer.take();
    const before = Buffer.from(first ?? []);
    writer.ping(Buffer.from("abcdefgh"), false);
    writer.take();
    assert.deepEqual(first, before);
  });

  test("keeps the order of bodies of any size", () => {
    const sizes = fc.array(fc.oneof(fc.nat(100), fc.integer({ min: 8000, max: 16_384 })), { maxLength: 40 });
    fc.assert(
      fc.property(sizes, fc.boolean(), (lengths, isTrimmed) => {
        const writer = new FrameWriter();
        const bodies = lengths.map((length, i) => Buffer.alloc(length, i + 1));
        for (const [i, body] of bodies.entries()) {
          writer.data(2 * i + 1, body, false);
          if (isTrimmed) writer.trim();
        }
        const read = readBack(writer).frames.filter((frame) => frame.type === "data");
        assert.deepEqual(
          read.map(({ streamId, data }) => ({ streamId, data })),
          bodies.map((body, i) => ({ streamId: 2 * i + 1, data: body.toString("latin1") })),
        );
      }),
      { numRuns: 30 },
    );
  });
});
