import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "../frame/error-code.js";
import type { RecordedFrame } from "../testing/recording-visitor.js";
import { data, ping, rstStream, TestPeer, windowUpdate } from "../testing/test-peer.js";
import { answerWith, goaway, headers, opening, play, request, type Step } from "./rules.js";

/** Everything that makes this server send a code; the others stand in `neverSent`. */
const causes: Readonly<Record<string, Step>> = {
  noError: (peer) => peer.connection.close(),
  protocolError: data(0, "x"),
  internalError: (peer) => {
    peer.handler.answer = (): void => {
      throw new Error("broken handler");
    };
    play(peer, [request(3)]);
  },
  flowControlError: windowUpdate(1, 2 ** 31 - 1),
  streamClosed: (peer) => play(peer, [request(3), data(3, "x")]),
  frameSizeError: { ...ping(), payload: [1] },
  refusedStream: (peer) => play(peer, [request(3), request(5), request(7)]),
  cancel: (peer) => {
    peer.connection.sweep(0);
    peer.connection.sweep(3_000);
  },
  compressionError: { ...headers(3, []), payload: [0x80] },
  enhanceYourCalm: (peer) => play(peer, Array(4).fill(ping())),
};

/** A server of h2c has no use for these; SETTINGS_TIMEOUT has a test of its own, as it needs a connection just begun. */
const neverSent = ["connectError", "inadequateSecurity", "http11Required"];

function codesOf(frames: readonly RecordedFrame[]): readonly number[] {
  return frames.flatMap((frame) =>
    frame.type === "rstStream" || frame.type === "goaway" ? [frame.code] : [],
  );
}

describe("RFC 9113, 7: error codes", () => {
  test("7 every code has its number", () => {
    assert.deepEqual(
      Object.values(ErrorCode),
      Array.from({ length: 14 }, (_, code) => code),
    );
  });

  for (const [name, cause] of Object.entries(causes)) {
    test(`7 ${name} is sent for what it is for, and nothing else`, () => {
      const peer = TestPeer.connected({
        limits: { maxConcurrentStreams: 3, bodyTimeoutMs: 2_000, maxIdleFrames: 5, idleFramesPerSecond: 0 },
      });
      // The acknowledgement of SETTINGS and SETTINGS themselves were two, this request earns them back.
      play(peer, [opening(1)]);
      for (let i = 0; i < 2; i++) play(peer, [ping()]);
      peer.takeFrames();
      play(peer, [cause]);
      assert.deepEqual(codesOf(peer.takeFrames()), [ErrorCode[name as keyof typeof ErrorCode]]);
    });
  }

  test("7 settingsTimeout is sent when the client does not begin", () => {
    const peer = new TestPeer({ limits: { settingsTimeoutMs: 1_000 } });
    peer.connection.sweep(1_001);
    assert.deepEqual(codesOf(peer.takeFrames()), [ErrorCode.settingsTimeout]);
  });

  test("7 no code is left out here", () => {
    assert.deepEqual(
      new Set([...Object.keys(causes), "settingsTimeout", ...neverSent]),
      new Set(Object.keys(ErrorCode)),
    );
  });

  test("7 any code of the client's resets a stream, and is told as it came", () => {
    for (const code of [0, 13, 14, 0xffffffff]) {
      const told: number[] = [];
      const onReset = (each: number): void => void told.push(each);
      const receiver = { onData: (): void => {}, onEnd: (): void => {}, onReset };
      const peer = TestPeer.connected({ handler: { onHeaders: () => receiver } });
      play(peer, [opening(1), rstStream(1, code)]);
      assert.deepEqual(told, [code]);
    }
  });

  test("7 any code in GOAWAY lets open requests be answered", () => {
    for (const code of [0, 2, 0xffffffff]) {
      const peer = TestPeer.connected();
      play(peer, [request(1), goaway(1, code), answerWith(1, 1)]);
      assert.equal(peer.take().at(-1), "HEADERS 1 grpc-status=0 END");
    }
  });
});
