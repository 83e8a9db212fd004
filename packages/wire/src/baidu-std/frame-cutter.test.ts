import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, type ServeError } from "@paddlewheel/core";
import fc from "fast-check";
import { FrameCutter } from "./frame-cutter.js";

type Event = readonly [meta: string, payload: string] | "unreadable" | readonly ["oversized", string, string];

/** Notes what a cutter finds. */
class Notes {
  readonly events: Event[] = [];
  readonly views: Uint8Array[] = [];
  readonly cutter: FrameCutter;

  constructor(maxFrameSize = 1000) {
    this.cutter = new FrameCutter({ visitor: this, maxFrameSize });
  }

  onFrame(meta: Uint8Array, payload: Uint8Array): void {
    this.events.push([Buffer.from(meta).toString(), Buffer.from(payload).toString()]);
    this.views.push(payload);
  }

  onUnreadableFrame(): void {
    this.events.push("unreadable");
  }

  onOversizedFrame(meta: Uint8Array, { message }: ServeError): void {
    this.events.push(["oversized", Buffer.from(meta).toString(), message]);
  }
}

function header(size: number, metaSize: number, magic = "PRPC"): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.write(magic);
  bytes.writeUInt32BE(size, 4);
  bytes.writeUInt32BE(metaSize, 8);
  return bytes;
}

function frame(meta: string, payload: string): Buffer {
  return Buffer.concat([header(meta.length + payload.length, meta.length), Buffer.from(meta + payload)]);
}

const letters = fc.string({ unit: fc.constantFrom("a", "b", "P"), maxLength: 30 });
const frames = fc.array(fc.tuple(letters, letters), { maxLength: 6 });

describe("FrameCutter", () => {
  /** Pushes the frames in pieces that end at the cuts. */
  function pushCut(frames: readonly [string, string][], cuts: number[], push: (piece: Buffer) => void): void {
    const bytes = Buffer.concat(frames.map(([meta, payload]) => frame(meta, payload)));
    const ends = [...cuts.filter((cut) => cut < bytes.length), bytes.length].sort((a, b) => a - b);
    let start = 0;
    for (const end of ends) {
      push(Buffer.from(bytes.subarray(start, end)));
      start = end;
    }
  }

  test("finds the same frames wherever their bytes are cut", () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(200)), (frames, cuts) => {
        const notes = new Notes();
        pushCut(frames, cuts, (piece) => notes.cutter.push(piece));
        assert.deepEqual(notes.events, frames);
        assert.equal(notes.cutter.isMidFrame, false);
      }),
    );
  });

  test("finds the same frames in a buffer that is read into again, and keeps nothing of it", () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(200)), (frames, cuts) => {
        const notes = new Notes();
        const buffer = Buffer.alloc(1000);
        pushCut(frames, cuts, (piece) => {
          buffer.set(piece);
          notes.cutter.pushShared(buffer.subarray(0, piece.length));
          buffer.fill(0);
        });
        assert.deepEqual(notes.events, frames);
        const payloads = notes.views.map((view) => Buffer.from(view).toString());
        assert.deepEqual(
          payloads,
          frames.map(([, payload]) => payload),
        );
      }),
    );
  });

  test("reads no further in a shared buffer either, once it is stopped", () => {
    const notes = new Notes();
    const bytes = frame("meta", "payload");
    notes.cutter.pushShared(bytes.subarray(0, 20));
    notes.cutter.stop();
    notes.cutter.pushShared(bytes.subarray(20));
    assert.deepEqual(notes.events, []);
  });

  test("gives views of a piece that holds the whole frame", () => {
    const notes = new Notes();
    const piece = frame("meta", "payload");
    notes.cutter.push(piece);
    assert.equal(notes.views[0]?.buffer, piece.buffer);
    assert.equal(notes.views[0]?.byteOffset, piece.byteOffset + 16);
  });

  test("knows whether it is within a frame", () => {
    const { cutter } = new Notes();
    const bytes = frame("m", "p");
    for (let i = 0; i < bytes.length; i++) {
      cutter.push(bytes.subarray(i, i + 1));
      assert.equal(cutter.isMidFrame, i < bytes.length - 1);
    }
  });

  test("steps over a frame whose meta would be larger than itself", () => {
    const notes = new Notes();
    const unreadable = Buffer.concat([header(5, 6), Buffer.from("PRPC!")]);
    notes.cutter.push(Buffer.concat([unreadable, frame("m", "p"), unreadable.subarray(0, 14)]));
    assert.equal(notes.cutter.isMidFrame, true);
    notes.cutter.push(Buffer.concat([unreadable.subarray(14), frame("m", "q")]));
    assert.deepEqual(notes.events, ["unreadable", ["m", "p"], "unreadable", ["m", "q"]]);
  });

  test("gives the meta of a frame over the limit and reads no further", () => {
    for (const cut of [12, 13, 30]) {
      const notes = new Notes(10);
      const bytes = Buffer.concat([frame("metas", "payload"), frame("m", "p")]);
      notes.cutter.push(bytes.subarray(0, cut));
      notes.cutter.push(bytes.subarray(cut));
      const text = "Received message larger than max (12 vs 10)";
      assert.deepEqual(notes.events, [["oversized", "metas", text]]);
    }
  });

  test("asks for no memory of a size that is not allowed", () => {
    const before = process.memoryUsage().arrayBuffers;
    const { cutter } = new Notes(1000);
    cutter.push(Buffer.concat([header(2 ** 32 - 1, 100), Buffer.alloc(50)]));
    assert.ok(process.memoryUsage().arrayBuffers - before < 10_000_000);
    assert.equal(cutter.isMidFrame, true);
  });

  test("refuses metas that no call needs", () => {
    assert.throws(() => new Notes(2 ** 30).cutter.push(header(65_537, 65_537)), {
      code: Code.messageTooLarge,
      message: "RpcMeta: 65537 bytes, more than the limit of 65536",
    });
  });

  test("refuses what is not the protocol, behind a frame too", () => {
    const expected = { code: Code.malformedRequest, message: 'a frame must begin with "PRPC"' };
    assert.throws(() => new Notes().cutter.push(header(0, 0, "PRPX")), expected);
    const { cutter } = new Notes();
    assert.throws(
      () => cutter.push(Buffer.concat([frame("m", "p"), Buffer.from("GET / HTTP/1.1\r\n")])),
      expected,
    );
  });

  test("drops everything once it is stopped", () => {
    const notes = new Notes();
    notes.cutter.stop();
    notes.cutter.push(frame("m", "p"));
    assert.deepEqual(notes.events, []);
  });
});
