import assert from "node:assert/strict";
import { test } from "node:test";
import { contentOf, encodeFrame, FrameFlag, FrameReader, FrameType } from "./http2-frame.js";

const first = { type: FrameType.data, flags: 0, streamId: 1, payload: Buffer.from("hello") };
const second = {
  type: FrameType.headers,
  flags: FrameFlag.endHeaders,
  streamId: 3,
  payload: Buffer.from([0x88]),
};

test("frames come out as they went in, wherever the stream is cut", () => {
  const bytes = Buffer.concat([encodeFrame(first), encodeFrame(second)]);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new FrameReader();
    const frames = [...reader.read(bytes.subarray(0, cut)), ...reader.read(bytes.subarray(cut))];
    assert.deepEqual(frames, [first, second]);
  }
});

test("a frame larger than announced is refused before it is gathered", () => {
  const header = Buffer.from("004001000000000001", "hex");
  assert.throws(() => new FrameReader().read(header), {
    message: "a frame of 16385 bytes came, at most 16384 were announced",
  });
});

test("padding and priority are not content", () => {
  const padded = { ...first, flags: FrameFlag.padded, payload: Buffer.from([2, 7, 8, 0, 0]) };
  assert.deepEqual(contentOf(padded), Buffer.from([7, 8]));
  const withPriority = { ...second, flags: FrameFlag.priority, payload: Buffer.from([0, 0, 0, 0, 9, 0x88]) };
  assert.deepEqual(contentOf(withPriority), Buffer.from([0x88]));
});

test("padding that does not fit is refused", () => {
  const padded = { ...first, flags: FrameFlag.padded, payload: Buffer.from([9, 1, 2]) };
  assert.throws(() => contentOf(padded), { message: "a frame has more padding than content" });
});
