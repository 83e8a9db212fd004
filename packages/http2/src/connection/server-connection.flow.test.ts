import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { FrameFlag, FrameType } from "../frame/frame-type.js";
import {
  data,
  requestHeaders,
  rstStream,
  settings,
  TestPeer,
  type TestPeerOptions,
  toFields,
  windowUpdate,
} from "../testing/test-peer.js";
import { SettingId } from "./settings.js";

const ok = toFields([[":status", "200"]]);
const trailers = toFields([["grpc-status", "0"]]);
const { initialWindowSize, maxFrameSize } = SettingId;
const smallWindows: TestPeerOptions = { limits: { streamWindowSize: 65_535, connectionWindowSize: 65_535 } };

/** A peer with one request, whose window for each stream is `windowSize`. */
function requested(windowSize: number, options: TestPeerOptions = {}): TestPeer {
  const peer = TestPeer.connected(options, [initialWindowSize, windowSize]);
  peer.request(1, "");
  peer.handler.take();
  return peer;
}

describe("an answer", () => {
  test("waits for the window of its stream and goes on with it, trailers behind it", () => {
    const peer = requested(5);
    peer.handler.stream(1).respond(ok, Buffer.from("hello there"), trailers);
    assert.deepEqual(peer.take(), ["HEADERS 1 :status=200", "DATA 1 hello"]);
    peer.send(windowUpdate(1, 1));
    assert.deepEqual(peer.take(), ["DATA 1  "]);
    peer.send(windowUpdate(1, 100));
    assert.deepEqual(peer.take(), ["DATA 1 there", "HEADERS 1 grpc-status=0 END"]);
    assert.equal(peer.connection.streamCount, 0);
  });

  test("tells by sendData and onDrain when it waits", () => {
    const peer = requested(3);
    const stream = peer.handler.stream(1);
    stream.sendHeaders(ok);
    assert.equal(stream.sendData(Buffer.from("abc")), true);
    assert.equal(stream.sendData(Buffer.from("def")), false);
    assert.equal(stream.sendData(Buffer.from("ghi")), false);
    peer.send(windowUpdate(1, 4));
    assert.deepEqual(peer.handler.take(), []);
    peer.send(windowUpdate(1, 4));
    assert.deepEqual(peer.handler.take(), ["1 drain"]);
    assert.equal(stream.sendData(Buffer.from("jk"), true), true);
    assert.deepEqual(peer.take().slice(2), ["DATA 1 def", "DATA 1 g", "DATA 1 hi", "DATA 1 jk END"]);
  });

  test("with no body is not held back by a window of nothing", () => {
    const peer = requested(0);
    peer.handler.stream(1).respond(ok, new Uint8Array(0), trailers);
    assert.deepEqual(peer.take(), ["HEADERS 1 :status=200", "DATA 1 ", "HEADERS 1 grpc-status=0 END"]);
  });

  test("waits for the window of the connection, and answers share it by turns", () => {
    const peer = TestPeer.connected({}, [initialWindowSize, 1_000_000]);
    peer.request(1, "");
    peer.request(3, "");
    for (const id of [1, 3]) {
      peer.handler.stream(id).sendHeaders(ok);
      peer.handler.stream(id).sendData(Buffer.alloc(60_000, "a"), true);
    }
    const sent = (): readonly string[] => peer.take().filter((line) => line.startsWith("DATA"));
    assert.deepEqual(sent(), [
      "DATA 1 aaaa*16384",
      "DATA 1 aaaa*16384",
      "DATA 1 aaaa*16384",
      "DATA 1 aaaa*10848 END",
      "DATA 3 aaaa*5535",
    ]);
    peer.send(windowUpdate(0, 20_000));
    peer.request(5, "");
    peer.handler.stream(5).sendHeaders(ok);
    peer.handler.stream(5).sendData(Buffer.alloc(20_000, "b"), true);
    assert.deepEqual(sent(), ["DATA 3 aaaa*16384", "DATA 3 aaaa*3616"]);
    peer.send(windowUpdate(0, 40_000));
    assert.deepEqual(sent(), ["DATA 3 aaaa*16384", "DATA 5 bbbb*16384", "DATA 3 aaaa*7232"]);
  });

  test("keeps to the frame size of the peer", () => {
    const peer = TestPeer.connected({}, [maxFrameSize, 20_000], [initialWindowSize, 1_000_000]);
    peer.request(1, "");
    peer.handler.stream(1).sendHeaders(ok);
    peer.handler.stream(1).sendData(Buffer.alloc(50_000, "a"), true);
    assert.deepEqual(peer.take().slice(1), [
      "DATA 1 aaaa*20000",
      "DATA 1 aaaa*20000",
      "DATA 1 aaaa*10000 END",
    ]);
  });

  test("waits while the socket is full and goes on when it is not", () => {
    const peer = TestPeer.connected({ limits: { socketBufferSize: 16_384 } }, [initialWindowSize, 1_000_000]);
    peer.request(1, "");
    peer.handler.stream(1).respond(ok, Buffer.alloc(40_000, "a"), trailers);
    assert.deepEqual(peer.take(), ["HEADERS 1 :status=200", "DATA 1 aaaa*16384"]);
    peer.connection.setUnwrittenBytes(20_000);
    assert.deepEqual(peer.take(), []);
    peer.outputCount = 0;
    peer.connection.setUnwrittenBytes(0);
    assert.equal(peer.outputCount, 1);
    assert.deepEqual(peer.take(), ["DATA 1 aaaa*16384"]);
    peer.connection.setUnwrittenBytes(0);
    assert.deepEqual(peer.take(), ["DATA 1 aaaa*7232", "HEADERS 1 grpc-status=0 END"]);
  });

  test("that is reset leaves nothing waiting", () => {
    const peer = requested(5);
    peer.handler.stream(1).respond(ok, Buffer.from("hello there"), trailers);
    peer.take();
    peer.send(rstStream(1), windowUpdate(0, 100));
    peer.connection.setUnwrittenBytes(0);
    assert.deepEqual(peer.take(), []);
    assert.equal(peer.connection.streamCount, 0);
  });

  test("whose trailers cannot be encoded once its data has left costs its stream", () => {
    const peer = requested(1);
    peer.handler.stream(1).respond(ok, Buffer.from("ab"), toFields([["x", "\u4e16"]]));
    peer.send(windowUpdate(1, 5));
    assert.deepEqual(peer.take().slice(1), ["DATA 1 a", "DATA 1 b", "RST_STREAM 1 internalError"]);
    assert.equal(peer.faults.length, 1);
    assert.ok(!peer.isClosed);
  });

  test("arrives whole under any windows", () => {
    const grants = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.nat(100), grants, fc.nat(80_000), (windowSize, increments, size) => {
        const peer = requested(windowSize);
        const body = Buffer.from(Array.from({ length: size }, (_, i) => i % 251));
        peer.handler.stream(1).respond(ok, body, trailers);
        const total = windowSize + increments.reduce((sum, increment) => sum + increment, 0);
        peer.send(windowUpdate(0, 2 ** 30), ...increments.map((increment) => windowUpdate(1, increment)));
        const lines = peer.takeFrames();
        const sent = lines.map((frame) => (frame.type === "data" ? frame.data : "")).join("");
        const expected = body.subarray(0, Math.min(size, total));
        assert.ok(Buffer.from(sent, "latin1").equals(expected));
        assert.equal(peer.connection.streamCount, size <= total ? 0 : 1);
      }),
      { numRuns: 50 },
    );
  });
});

describe("SETTINGS_INITIAL_WINDOW_SIZE", () => {
  test("changes the windows of open streams, also to less than nothing", () => {
    const peer = requested(5);
    peer.handler.stream(1).respond(ok, Buffer.from("hello there"), trailers);
    peer.take();
    peer.send(settings([initialWindowSize, 2]));
    peer.send(windowUpdate(1, 3));
    assert.deepEqual(peer.take(), ["SETTINGS ACK"]);
    peer.send(windowUpdate(1, 1));
    assert.deepEqual(peer.take(), ["DATA 1  "]);
    peer.send(settings([initialWindowSize, 100]));
    assert.deepEqual(peer.take(), ["DATA 1 there", "HEADERS 1 grpc-status=0 END", "SETTINGS ACK"]);
  });

  test("that makes a window too large ends the connection", () => {
    const peer = requested(5);
    peer.send(windowUpdate(1, 100), settings([initialWindowSize, 2 ** 31 - 1]));
    assert.deepEqual(peer.take(), ["GOAWAY 1 flowControlError"]);
  });

  test("beyond 2^31-1 ends the connection", () => {
    const peer = TestPeer.connected();
    peer.send(settings([initialWindowSize, 2 ** 31]));
    assert.deepEqual(peer.take(), ["GOAWAY 0 flowControlError"]);
  });
});

describe("WINDOW_UPDATE", () => {
  test("of 0 costs the stream, or the connection", () => {
    const peer = requested(5);
    peer.send(windowUpdate(1, 0));
    assert.deepEqual(peer.take(), ["RST_STREAM 1 protocolError"]);
    assert.deepEqual(peer.handler.take(), ["1 reset protocolError"]);
    peer.send(windowUpdate(0, 0));
    assert.deepEqual(peer.take(), ["GOAWAY 1 protocolError"]);
  });

  test("beyond 2^31-1 costs the stream, or the connection", () => {
    const peer = requested(5);
    peer.send(windowUpdate(1, 2 ** 31 - 1));
    assert.deepEqual(peer.take(), ["RST_STREAM 1 flowControlError"]);
    peer.send(windowUpdate(0, 2 ** 31 - 1));
    assert.deepEqual(peer.take(), ["GOAWAY 1 flowControlError"]);
  });
});

describe("a body", () => {
  /** Sends `count` frames of 8 KiB. */
  function sendBody(peer: TestPeer, streamId: number, count: number): void {
    for (let i = 0; i < count; i++) peer.send(data(streamId, new Uint8Array(8192)));
  }

  test("is given credit by halves of the windows, that of the stream not at its end", () => {
    const peer = TestPeer.connected(smallWindows);
    peer.request(1);
    sendBody(peer, 1, 3);
    assert.deepEqual(peer.take(), []);
    sendBody(peer, 1, 1);
    assert.deepEqual(peer.take(), ["WINDOW_UPDATE 0 32768", "WINDOW_UPDATE 1 32768"]);
    sendBody(peer, 1, 3);
    peer.send(data(1, new Uint8Array(8192), true));
    assert.deepEqual(peer.take(), ["WINDOW_UPDATE 0 32768"]);
  });

  test("has its padding counted and credited", () => {
    const peer = TestPeer.connected(smallWindows);
    peer.request(1);
    const payload = new Uint8Array(16_384).fill(255, 0, 1);
    const padded = { type: FrameType.data, flags: FrameFlag.padded, streamId: 1, payload };
    peer.send(padded, padded);
    assert.deepEqual(peer.take(), ["WINDOW_UPDATE 0 32768", "WINDOW_UPDATE 1 32768"]);
    assert.equal(peer.handler.take().at(-1), `1 data ${16_384 - 256}`);
  });

  test("beyond the window of its stream costs the stream, before a byte of it is taken", () => {
    const peer = TestPeer.connected({ limits: { streamWindowSize: 65_535 } });
    peer.request(1);
    peer.handler.stream(1).pauseBody();
    sendBody(peer, 1, 7);
    peer.handler.take();
    sendBody(peer, 1, 1);
    assert.deepEqual(peer.handler.take(), ["1 reset flowControlError"]);
    assert.deepEqual(peer.take(), ["RST_STREAM 1 flowControlError"]);
  });

  test("beyond the window of the connection ends it", () => {
    const peer = TestPeer.connected({
      limits: { streamWindowSize: 100_000, connectionWindowSize: 65_535, maxFrameSize: 70_000 },
    });
    peer.request(1);
    peer.send({ type: FrameType.data, streamId: 1, length: 65_536 });
    assert.deepEqual(peer.take(), ["GOAWAY 1 flowControlError"]);
  });

  test("of a paused stream is taken as far as its window goes, and credited when it is resumed", () => {
    const peer = TestPeer.connected(smallWindows);
    peer.request(1);
    const stream = peer.handler.stream(1);
    stream.pauseBody();
    sendBody(peer, 1, 6);
    assert.deepEqual(peer.take(), ["WINDOW_UPDATE 0 32768"]);
    peer.outputCount = 0;
    stream.resumeBody();
    stream.resumeBody();
    assert.equal(peer.outputCount, 1);
    assert.deepEqual(peer.take(), ["WINDOW_UPDATE 1 49152"]);
    sendBody(peer, 1, 4);
    assert.deepEqual(peer.take(), ["WINDOW_UPDATE 0 32768", "WINDOW_UPDATE 1 32768"]);
  });

  test("that nobody waits for is credited to the connection all the same", () => {
    const peer = TestPeer.connected(smallWindows);
    peer.send(peer.headers(1, requestHeaders));
    peer.handler.stream(1).reset(8);
    sendBody(peer, 1, 4);
    assert.deepEqual(peer.take(), ["RST_STREAM 1 cancel", "WINDOW_UPDATE 0 32768"]);
  });
});
