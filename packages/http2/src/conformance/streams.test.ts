import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FrameFlag, FrameType } from "../frame/frame-type.js";
import { data, ping, rstStream, settings, TestPeer, windowUpdate } from "../testing/test-peer.js";
import {
  answer,
  answerWith,
  headers,
  literals,
  opening,
  play,
  priority,
  type Rule,
  request,
  reset,
  rules,
} from "./rules.js";

describe("RFC 9113, 5.1.1: stream identifiers", () => {
  rules("5.1.1", {
    "stream ids of clients are odd": { send: [request(2)], get: ["GOAWAY 0 protocolError"], heard: [] },
    "stream ids must rise": {
      after: [request(5)],
      send: [request(3)],
      get: ["GOAWAY 5 protocolError"],
      heard: ["5 reset protocolError"],
    },
    "stream ids may be left out": {
      send: [request(7), request(101)],
      get: [],
      heard: ["7 headers /service/Method", "7 end", "101 headers /service/Method", "101 end"],
    },
    "the use of an id closes the idle ones below it": {
      after: [request(5)],
      send: [rstStream(3), windowUpdate(1, 1)],
      get: [],
    },
    "an id cannot be used again": {
      after: [request(1), answer(1)],
      send: [request(1)],
      get: ["GOAWAY 1 streamClosed"],
    },
    "the id of a malformed request is used all the same": {
      after: [headers(5, [])],
      send: [request(3)],
      get: ["GOAWAY 0 protocolError"],
    },
    "the highest id there is may be used": {
      send: [request(2 ** 31 - 1)],
      get: [],
      heard: ["2147483647 headers /service/Method", "2147483647 end"],
    },
    "no request stands on stream 0": { send: [request(0)], get: ["GOAWAY 0 protocolError"] },
  });
});

describe("RFC 9113, 5.1.2: stream concurrency", () => {
  const limits = { maxConcurrentStreams: 2 };
  rules("5.1.2", {
    "a stream beyond SETTINGS_MAX_CONCURRENT_STREAMS is refused, so that it may be tried again": {
      limits,
      after: [opening(1), opening(3)],
      send: [request(5)],
      get: ["RST_STREAM 5 refusedStream"],
      heard: [],
    },
    "half-closed streams count": {
      limits,
      after: [request(1), request(3)],
      send: [request(5)],
      get: ["RST_STREAM 5 refusedStream"],
    },
    "closed, idle and refused streams do not count": {
      limits,
      after: [request(1), answer(1), opening(3), rstStream(3), headers(5, []), priority(21)],
      send: [request(7), request(9)],
      get: [],
    },
    "an answer that waits for the client's window counts": {
      limits: { maxConcurrentStreams: 1 },
      settings: [[4, 1]],
      after: [request(1), answerWith(1, 9)],
      send: [request(3), windowUpdate(1, 8), request(5)],
      get: ["RST_STREAM 3 refusedStream", "DATA 1 aaaaaaaa", "HEADERS 1 grpc-status=0 END"],
    },
  });
});

describe("RFC 9113, 5.2: flow control", () => {
  rules("5.2.1", {
    "only DATA is subject to it: headers and trailers leave with no window": {
      settings: [[4, 0]],
      after: [request(1)],
      send: [answerWith(1, 0)],
      get: ["HEADERS 1 :status=200", "DATA 1 ", "HEADERS 1 grpc-status=0 END"],
    },
    "frames of control leave while DATA waits": {
      settings: [[4, 0]],
      after: [request(1), answerWith(1, 9)],
      send: [ping(), settings()],
      get: ["PING 12345678 ACK", "SETTINGS ACK"],
    },
    "a stream without a window does not hold up another": {
      settings: [[4, 0]],
      after: [request(1), request(3), answerWith(1, 9)],
      send: [windowUpdate(3, 9), answerWith(3, 9)],
      get: ["HEADERS 3 :status=200", "DATA 3 aaaaaaaaa", "HEADERS 3 grpc-status=0 END"],
    },
  });
});

describe("RFC 9113, 5.3: prioritization", () => {
  const withPriority = (dependency: number): Rule => ({
    send: [
      {
        type: FrameType.headers,
        flags: FrameFlag.priority | FrameFlag.endHeaders | FrameFlag.endStream,
        streamId: 1,
        payload: Buffer.concat([
          Buffer.of(0x80, 0, 0, dependency, 255),
          literals([
            [":method", "GET"],
            [":scheme", "http"],
            [":path", "/p"],
          ]),
        ]),
      },
    ],
    get: [],
    heard: ["1 headers /p", "1 end"],
  });
  rules("5.3.2", {
    "a priority in HEADERS is ignored": withPriority(0),
    "a priority in HEADERS is ignored, on the stream itself too": withPriority(1),
    "PRIORITY is ignored in any state, on the stream itself too": {
      after: [opening(1), request(3), answer(3)],
      send: [priority(1, 1), priority(3, 1), priority(4, 9), priority(9, 3)],
      get: [],
      heard: [],
    },
    "PRIORITY does not open a stream": {
      after: [priority(9)],
      send: [request(5)],
      get: [],
      heard: ["5 headers /service/Method", "5 end"],
    },
  });
});

describe("RFC 9113, 5.4: error handling", () => {
  rules("5.4.1", {
    "a connection error names the last stream that was taken, and ends all streams": {
      after: [opening(1), request(3), headers(5, [])],
      send: [data(0, "x")],
      get: ["GOAWAY 3 protocolError"],
      heard: ["1 reset protocolError", "3 reset protocolError"],
    },
    "nothing is read behind a connection error": {
      send: [Buffer.from("000000000000000000000000080600000000003132333435363738", "hex")],
      get: ["GOAWAY 0 protocolError"],
    },
  });
  rules("5.4.2", {
    "a stream error leaves the connection and other streams as they were": {
      after: [opening(1), opening(3)],
      send: [windowUpdate(1, 0), data(3, "x")],
      get: ["RST_STREAM 1 protocolError"],
      heard: ["1 reset protocolError", "3 data 1"],
    },
    "RST_STREAM is not answered with RST_STREAM": {
      after: [opening(1), opening(3), reset(3)],
      send: [rstStream(1), rstStream(3), rstStream(1)],
      get: [],
    },
    "what follows an error of a stream is borne with": {
      after: [opening(1), windowUpdate(1, 0)],
      send: [data(1, "x"), headers(1, [["x", "y"]]), windowUpdate(1, 0), rstStream(1)],
      get: [],
    },
  });

  test("5.4.2 a stream fails once, though a frame breaks two rules", () => {
    const peer = TestPeer.connected({ limits: { streamWindowSize: 65_535, maxFrameSize: 65_535 } });
    play(peer, [opening(1)]);
    peer.handler.stream(1).pauseBody();
    play(peer, [data(1, new Uint8Array(65_535), true)]);
    peer.handler.take();
    play(peer, [data(1, "beyond the end and the window")]);
    assert.deepEqual(peer.take(), ["RST_STREAM 1 streamClosed"]);
    assert.deepEqual(peer.handler.take(), ["1 reset streamClosed"]);
  });

  test("5.4.3 when the socket is gone the receivers are told, and nothing is sent", () => {
    const peer = TestPeer.connected();
    play(peer, [opening(1), request(3)]);
    peer.handler.take();
    peer.connection.abort();
    assert.deepEqual(peer.handler.take(), ["1 reset cancel", "3 reset cancel"]);
    assert.deepEqual(peer.take(), []);
  });
});

describe("RFC 9113, 5.5: extending HTTP/2", () => {
  rules("5.5", {
    "settings that are unknown are ignored": { send: [settings([0xfff, 7], [0, 0])], get: ["SETTINGS ACK"] },
    "types that are unknown are ignored, whatever they hold": {
      send: [{ type: 0x0a, flags: 0xff, streamId: 2, payload: new Uint8Array(16_384) }],
      get: [],
    },
    "types that are unknown and amid a header block are no extension": {
      send: [
        { ...opening(1), flags: 0 },
        { type: 0xfe, streamId: 1 },
      ],
      get: ["GOAWAY 0 protocolError"],
    },
    "error codes that are unknown mean nothing special": {
      after: [opening(1)],
      send: [rstStream(1, 0xdeadbeef)],
      get: [],
      heard: ["1 reset 3735928559"],
    },
  });
});
