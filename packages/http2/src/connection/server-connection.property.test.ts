import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { RawFrame } from "../testing/raw-frame.js";
import { requestHeaders, TestPeer, toFields } from "../testing/test-peer.js";

/** What a peer and a handler may do to one connection. */
type Step =
  | { readonly do: "frame"; readonly frame: RawFrame }
  /** Opens the stream after the last. */
  | { readonly do: "request"; readonly isEnd: boolean }
  | { readonly do: "respond"; readonly size: number }
  | { readonly do: "unwritten"; readonly bytes: number }
  | { readonly do: "sweep" };

const frame: fc.Arbitrary<RawFrame> = fc.record({
  type: fc.integer({ min: 0, max: 11 }),
  flags: fc.oneof(fc.constant(0), fc.nat(255), fc.constantFrom(1, 4, 5)),
  streamId: fc.oneof(fc.constantFrom(0, 1, 3, 5), fc.nat(12)),
  payload: fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom([0, 0, 0, 1], [0, 0, 0, 8], [0x7f, 0xff, 0xff, 0xff], [0x82], [0, 4, 0, 0, 0, 9]),
  ),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("frame" as const), frame }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("request" as const), isEnd: fc.boolean() }) },
  fc.record({ do: fc.constant("respond" as const), size: fc.nat(100_000) }),
  fc.record({ do: fc.constant("unwritten" as const), bytes: fc.constantFrom(0, 300_000) }),
  fc.record({ do: fc.constant("sweep" as const) }),
);

test("no order of frames, answers and time makes a fault, and an ended connection has nothing open", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const peer = TestPeer.connected();
      for (const [i, each] of steps.entries()) take(peer, each, i);
      assert.deepEqual(peer.faults, []);
      peer.takeFrames();
      const wasClosed = peer.isClosed;
      peer.connection.close();
      assert.equal(peer.connection.streamCount, 0);
      assert.equal(peer.connection.takeOutput().length, wasClosed ? 0 : 1);
      for (const stream of peer.handler.streams.values()) assert.ok(stream.isClosed);
    }),
    { numRuns: 500 },
  );
});

function take(peer: TestPeer, step: Step, index: number): void {
  switch (step.do) {
    case "frame":
      peer.send(step.frame);
      break;
    case "request":
      peer.send(peer.headers(2 * index + 1, requestHeaders, step.isEnd));
      break;
    case "respond":
      respondToOne(peer, step.size);
      break;
    case "unwritten":
      peer.connection.setUnwrittenBytes(step.bytes);
      break;
    case "sweep":
      peer.connection.sweep(index * 7000);
      break;
  }
}

function respondToOne(peer: TestPeer, size: number): void {
  for (const stream of peer.handler.streams.values()) {
    if (stream.isClosed) continue;
    stream.respond(toFields([[":status", "200"]]), new Uint8Array(size), toFields([["grpc-status", "0"]]));
    return;
  }
}
