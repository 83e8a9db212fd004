import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type RawFrame, rawFrame, settingsPayload, uint32 } from "../testing/raw-frame.js";
import { type RecordedFrame, RecordingVisitor } from "../testing/recording-visitor.js";
import { ConnectionError } from "./connection-error.js";
import { ErrorCode } from "./error-code.js";
import { FrameReader } from "./frame-reader.js";
import { FrameFlag, FrameType } from "./frame-type.js";

const limits = { maxFrameSize: 16_384, maxHeaderBlockSize: 100, maxContinuations: 2 };

/**
 * What a reader, past the first SETTINGS, says of `bytes` given in pieces of at most `cut` bytes through one buffer used
 * again and again.
 */
function read(bytes: Uint8Array, cut = bytes.length): readonly RecordedFrame[] {
  const visitor = new RecordingVisitor();
  const reader = new FrameReader(visitor, limits);
  reader.read(rawFrame({ type: FrameType.settings }));
  visitor.frames.length = 0;
  const buffer = new Uint8Array(cut);
  for (let at = 0; at < bytes.length; at += cut) {
    const piece = bytes.subarray(at, at + cut);
    buffer.set(piece);
    reader.read(buffer.subarray(0, piece.length));
    buffer.fill(0xee);
  }
  return visitor.frames;
}

function readFrames(...frames: readonly RawFrame[]): readonly RecordedFrame[] {
  return read(Buffer.concat(frames.map(rawFrame)));
}

function assertRefused(frames: readonly RawFrame[], code: number, message: string): void {
  assert.throws(
    () => readFrames(...frames),
    (error) => error instanceof ConnectionError && error.code === code && error.message === message,
    message,
  );
}

const { endStream, endHeaders, padded, priority, ack } = FrameFlag;
const ascii = (text: string): Buffer => Buffer.from(text, "latin1");

const oneOfEach: readonly RawFrame[] = [
  { type: FrameType.settings, payload: settingsPayload([4, 70_000]) },
  { type: FrameType.settings, flags: ack },
  { type: FrameType.headers, flags: endHeaders, streamId: 1, payload: ascii("block") },
  { type: FrameType.headers, flags: endStream, streamId: 3, payload: ascii("one ") },
  { type: FrameType.continuation, streamId: 3, payload: ascii("two ") },
  { type: FrameType.continuation, flags: endHeaders, streamId: 3, payload: ascii("three") },
  { type: FrameType.data, streamId: 1, payload: ascii("body") },
  { type: FrameType.data, flags: padded, streamId: 1, payload: [3, ...ascii("more"), 0, 0, 0] },
  { type: FrameType.data, flags: endStream, streamId: 1 },
  { type: FrameType.priority, streamId: 9, payload: [0, 0, 0, 9, 1] },
  { type: FrameType.rstStream, streamId: 3, payload: uint32(0xfffffff0) },
  { type: FrameType.ping, payload: ascii("pingpong") },
  { type: FrameType.ping, flags: ack, payload: ascii("12345678") },
  { type: FrameType.goaway, payload: [...uint32(5), ...uint32(2), ...ascii("debug")] },
  { type: FrameType.windowUpdate, payload: uint32(0x80000007) },
  { type: 0x77, flags: 0xff, streamId: 5, payload: ascii("who knows") },
  { type: FrameType.windowUpdate, streamId: 1, payload: uint32(1) },
];

const oneOfEachRead: readonly RecordedFrame[] = [
  { type: "settings", payload: "000400011170" },
  { type: "settingsAck" },
  { type: "headers", streamId: 1, block: new Uint8Array(ascii("block")), isEnd: false },
  { type: "headers", streamId: 3, block: new Uint8Array(ascii("one two three")), isEnd: true },
  { type: "data", streamId: 1, size: 4, data: "body", isEnd: false },
  { type: "dataEnd" },
  { type: "data", streamId: 1, size: 8, data: "more", isEnd: false },
  { type: "dataEnd" },
  { type: "data", streamId: 1, size: 0, data: "", isEnd: true },
  { type: "dataEnd" },
  { type: "priority" },
  { type: "rstStream", streamId: 3, code: 0xfffffff0 },
  { type: "ping", payload: "pingpong", isAck: false },
  { type: "ping", payload: "12345678", isAck: true },
  { type: "goaway", lastStreamId: 5, code: 2 },
  { type: "windowUpdate", streamId: 0, increment: 7 },
  { type: "unknown", frameType: 0x77 },
  { type: "windowUpdate", streamId: 1, increment: 1 },
];

/** Blocks as plain arrays of bytes: a block of one frame is a view, one of several a Buffer. */
function comparable(frames: readonly RecordedFrame[]): unknown {
  return frames.map((frame) => (frame.type === "headers" ? { ...frame, block: [...frame.block] } : frame));
}

describe("FrameReader", () => {
  test("reads frames of every type", () => {
    assert.deepEqual(comparable(readFrames(...oneOfEach)), comparable(oneOfEachRead));
  });

  test("reads the same frames however the bytes are cut, from a buffer that is used again", () => {
    const bytes = Buffer.concat(oneOfEach.map(rawFrame));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: bytes.length }), (cut) => {
        assert.deepEqual(comparable(read(bytes, cut)), comparable(oneOfEachRead));
      }),
    );
    assert.deepEqual(comparable(read(bytes, 1)), comparable(oneOfEachRead));
  });

  test("takes padding and priority off a header block", () => {
    const payload = [2, 0x80, 0, 0, 1, 16, ...ascii("block"), 0, 0];
    const flags = padded | priority | endHeaders;
    const [frame] = readFrames({ type: FrameType.headers, flags, streamId: 1, payload });
    assert.ok(frame?.type === "headers");
    assert.equal(Buffer.from(frame.block).toString(), "block");
  });

  test("reads DATA that is padding only as no bytes", () => {
    const frames = readFrames({ type: FrameType.data, flags: padded, streamId: 1, payload: [2, 0, 0] });
    assert.deepEqual(frames, [
      { type: "data", streamId: 1, size: 3, data: "", isEnd: false },
      { type: "dataEnd" },
    ]);
  });

  test("refuses more padding than payload", () => {
    const message = "a frame has more padding than payload";
    for (const type of [FrameType.data, FrameType.headers]) {
      const frame = { type, flags: padded | endHeaders, streamId: 1, payload: [3, 1, 1] };
      assertRefused([frame], ErrorCode.protocolError, message);
    }
    const withPriority = { type: FrameType.headers, flags: padded | priority, streamId: 1 };
    assertRefused([{ ...withPriority, payload: [1, 0, 0, 0, 0, 0] }], ErrorCode.protocolError, message);
  });

  test("refuses a frame larger than announced by its header alone", () => {
    const header = rawFrame({ type: FrameType.data, streamId: 1, length: 16_385 });
    assert.throws(() => read(header), { message: "a frame of 16385 bytes came, 16384 are allowed" });
  });

  test("refuses lengths that do not fit the type", () => {
    const wrong: readonly RawFrame[] = [
      { type: FrameType.data, flags: padded, streamId: 1 },
      { type: FrameType.headers, flags: priority, streamId: 1, payload: [0, 0, 0, 0] },
      { type: FrameType.priority, streamId: 1, payload: [0, 0, 0, 0] },
      { type: FrameType.rstStream, streamId: 1, payload: [0, 0, 0] },
      { type: FrameType.settings, payload: [0, 0, 0, 0, 0] },
      { type: FrameType.settings, flags: ack, payload: settingsPayload([1, 1]) },
      { type: FrameType.ping, payload: [1, 2, 3, 4, 5, 6, 7] },
      { type: FrameType.goaway, payload: [0, 0, 0, 0, 0, 0, 0] },
      { type: FrameType.windowUpdate, payload: [0, 0, 0, 0, 0] },
    ];
    for (const frame of wrong) {
      const length = frame.payload?.length ?? 0;
      const message = `a frame of type ${frame.type} cannot have ${length} bytes`;
      assertRefused([frame], ErrorCode.frameSizeError, message);
    }
  });

  test("refuses frames on the stream they cannot stand on", () => {
    const connectionOnly = [FrameType.settings, FrameType.ping, FrameType.goaway];
    for (const type of connectionOnly) {
      const message = `a frame of type ${type} cannot stand on stream 1`;
      assertRefused([{ type, streamId: 1, payload: new Uint8Array(24) }], ErrorCode.protocolError, message);
    }
    const streamOnly = [
      FrameType.data,
      FrameType.headers,
      FrameType.priority,
      FrameType.rstStream,
      FrameType.pushPromise,
      FrameType.continuation,
    ];
    for (const type of streamOnly) {
      const message = `a frame of type ${type} cannot stand on the connection`;
      assertRefused([{ type, payload: new Uint8Array(4) }], ErrorCode.protocolError, message);
    }
  });

  test("refuses a connection that does not begin with SETTINGS", () => {
    const reader = (): FrameReader => new FrameReader(new RecordingVisitor(), limits);
    for (const first of [
      { type: FrameType.ping, payload: ascii("12345678") },
      { type: FrameType.settings, flags: ack },
    ]) {
      assert.throws(() => reader().read(rawFrame(first)), { message: "the first frame is not SETTINGS" });
    }
  });

  test("refuses PUSH_PROMISE", () => {
    const frame = { type: FrameType.pushPromise, streamId: 1, payload: uint32(2) };
    assertRefused([frame], ErrorCode.protocolError, "PUSH_PROMISE came though push is off");
  });

  test("refuses whatever breaks a header block", () => {
    const open = { type: FrameType.headers, streamId: 1, payload: ascii("x") };
    const amid = (type: number, id: number): string =>
      `a frame of type ${type} on stream ${id} came amid the header block of stream 1`;
    assertRefused(
      [open, { type: FrameType.data, streamId: 1 }],
      ErrorCode.protocolError,
      amid(FrameType.data, 1),
    );
    assertRefused([open, { type: 0x77 }], ErrorCode.protocolError, amid(0x77, 0));
    assertRefused(
      [open, { type: FrameType.continuation, streamId: 3 }],
      ErrorCode.protocolError,
      amid(FrameType.continuation, 3),
    );
    const alone = { type: FrameType.continuation, streamId: 1 };
    assertRefused([alone], ErrorCode.protocolError, "CONTINUATION came without a header block");
    const done = { ...alone, flags: endHeaders };
    assertRefused([open, done, done], ErrorCode.protocolError, "CONTINUATION came without a header block");
  });

  test("refuses a header block over its limits of bytes and of frames", () => {
    const headers = { type: FrameType.headers, streamId: 1 };
    const more = { type: FrameType.continuation, streamId: 1 };
    const tooLarge = "a header block is larger than 100 bytes";
    assertRefused([{ ...headers, length: 101 }], ErrorCode.enhanceYourCalm, tooLarge);
    const half = new Uint8Array(60);
    assertRefused(
      [
        { ...headers, payload: half },
        { ...more, payload: half },
      ],
      ErrorCode.enhanceYourCalm,
      tooLarge,
    );
    assert.equal(readFrames(headers, more, { ...more, flags: endHeaders }).length, 1);
    assertRefused(
      [headers, more, more, more],
      ErrorCode.enhanceYourCalm,
      "a header block has more than 2 CONTINUATION frames",
    );
  });

  test("counts every header block by itself", () => {
    const payload = new Uint8Array(60);
    const blocks = [1, 3, 5].flatMap((streamId) => [
      { type: FrameType.headers, streamId, payload },
      { type: FrameType.continuation, flags: endHeaders, streamId, payload: new Uint8Array(40) },
    ]);
    assert.equal(readFrames(...blocks).length, 3);
  });

  test("keeps no large frame but DATA when large frames are allowed", () => {
    const visitor = new RecordingVisitor();
    const reader = new FrameReader(visitor, { ...limits, maxFrameSize: 1_000_000 });
    const header = rawFrame({ type: FrameType.settings, length: 16_386 });
    assert.throws(() => reader.read(header), { message: "a frame of type 4 has 16386 bytes" });
  });
});
