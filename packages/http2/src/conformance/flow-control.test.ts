import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FrameType } from "../frame/frame-type.js";
import { data, settings, TestPeer, windowUpdate } from "../testing/test-peer.js";
import { answer, answerWith, headers, opening, play, request, reset, rules, type Step } from "./rules.js";

const largest = 2 ** 31 - 1;

describe("RFC 9113, 6.9: WINDOW_UPDATE", () => {
  rules("6.9", {
    "WINDOW_UPDATE has 4 bytes": {
      send: [{ type: FrameType.windowUpdate, payload: [0, 0, 0, 0, 1] }],
      get: ["GOAWAY 0 frameSizeError"],
    },
    "an increment of 0 is an error of the stream": {
      after: [opening(1)],
      send: [windowUpdate(1, 0)],
      get: ["RST_STREAM 1 protocolError"],
    },
    "an increment of 0 is an error of the connection": {
      send: [windowUpdate(0, 0)],
      get: ["GOAWAY 0 protocolError"],
    },
    "the reserved bit of an increment is ignored": {
      settings: [[4, 0]],
      after: [request(1), answerWith(1, 9)],
      send: [windowUpdate(1, 0x80000001)],
      get: ["DATA 1 a"],
    },
    "the reserved bit alone is an increment of 0": {
      send: [windowUpdate(0, 0x80000000)],
      get: ["GOAWAY 0 protocolError"],
    },
    "WINDOW_UPDATE may come late, when the stream is closed": {
      after: [request(1), answer(1), opening(3), reset(3)],
      send: [windowUpdate(1, 1), windowUpdate(3, largest), windowUpdate(3, largest)],
      get: [],
    },
    "a receiver of WINDOW_UPDATE does not have it answered": {
      after: [opening(1)],
      send: [windowUpdate(1, 1), windowUpdate(0, 1)],
      get: [],
      heard: [],
    },
  });
});

/** Fills the client's windows of the connection: 65 535 bytes. */
const fillConnection: readonly Step[] = [windowUpdate(1, 100_000), answerWith(1, 70_000)];

describe("RFC 9113, 6.9.1: the flow-control window", () => {
  rules("6.9.1", {
    "no more is sent than the window of the stream": {
      settings: [[4, 3]],
      after: [request(1)],
      send: [answerWith(1, 9)],
      get: ["HEADERS 1 :status=200", "DATA 1 aaa"],
    },
    "no more is sent than the window of the connection, whatever that of the stream": {
      after: [request(1), ...fillConnection, request(3)],
      send: [answerWith(3, 1), windowUpdate(0, 4_466)],
      get: [
        "HEADERS 3 :status=200",
        "DATA 1 aaaa*4465",
        "HEADERS 1 grpc-status=0 END",
        "DATA 3 a",
        "HEADERS 3 grpc-status=0 END",
      ],
    },
    "a window may be 2^31-1": {
      after: [request(1)],
      send: [windowUpdate(1, largest - 65_535), windowUpdate(0, largest - 65_535)],
      get: [],
    },
    "a window of a stream above 2^31-1 is an error of the stream": {
      after: [request(1)],
      send: [windowUpdate(1, largest - 65_534)],
      get: ["RST_STREAM 1 flowControlError"],
    },
    "a window of the connection above 2^31-1 is an error of the connection": {
      after: [request(1)],
      send: [windowUpdate(0, largest - 65_534)],
      get: ["GOAWAY 1 flowControlError"],
    },
    "increments add up until they are too many": {
      after: [request(1)],
      send: [...Array(4).fill(windowUpdate(1, 2 ** 29 - 16_384)), windowUpdate(1, 2 ** 29)],
      get: ["RST_STREAM 1 flowControlError"],
    },
    "DATA beyond the window that the server gave a stream is an error of the stream": {
      limits: { streamWindowSize: 65_535, maxFrameSize: 65_536 },
      after: [opening(1)],
      send: [data(1, new Uint8Array(65_536))],
      get: ["RST_STREAM 1 flowControlError"],
      heard: ["1 reset flowControlError"],
    },
    "padding counts": {
      limits: { streamWindowSize: 65_535, maxFrameSize: 65_536 },
      after: [opening(1)],
      send: [{ type: FrameType.data, flags: 8, streamId: 1, payload: Buffer.alloc(65_536, 255) }],
      get: ["RST_STREAM 1 flowControlError"],
    },
    "DATA beyond the window that the server gave the connection ends it": {
      limits: { connectionWindowSize: 65_535, maxFrameSize: 65_536 },
      after: [opening(1)],
      send: [data(1, new Uint8Array(65_536))],
      get: ["GOAWAY 1 flowControlError"],
    },
    "DATA of closed streams counts for the connection, which gets its credit back": {
      limits: { connectionWindowSize: 65_536, maxFrameSize: 32_768 },
      after: [opening(1), reset(1)],
      send: [data(1, new Uint8Array(32_768))],
      get: ["WINDOW_UPDATE 0 32768"],
    },
  });
});

describe("RFC 9113, 6.9.2: initial windows", () => {
  rules("6.9.2", {
    "a change is for open streams as much as for new ones": {
      settings: [[4, 1]],
      after: [request(1), answerWith(1, 9)],
      send: [settings([4, 3]), request(3), answerWith(3, 9)],
      get: ["DATA 1 aa", "SETTINGS ACK", "HEADERS 3 :status=200", "DATA 3 aaa"],
    },
    "a change is by the difference: what was granted beside it stays": {
      settings: [[4, 1]],
      after: [request(1), windowUpdate(1, 2), answerWith(1, 9)],
      send: [settings([4, 2])],
      get: ["DATA 1 a", "SETTINGS ACK"],
    },
    "a window may become negative, and is 0 again before anything is sent": {
      settings: [[4, 5]],
      after: [request(1), answerWith(1, 9)],
      send: [settings([4, 0]), windowUpdate(1, 5), windowUpdate(1, 1)],
      get: ["SETTINGS ACK", "DATA 1 a"],
    },
    "the window of the connection is not changed by SETTINGS": {
      after: [request(1), ...fillConnection],
      send: [settings([4, largest - 200_000])],
      get: ["SETTINGS ACK"],
    },
    "a change that takes a window above 2^31-1 ends the connection": {
      after: [request(1), windowUpdate(1, 1)],
      send: [settings([4, largest])],
      get: ["GOAWAY 1 flowControlError"],
    },
    "a change bears no ill to streams that are closed": {
      after: [request(1), windowUpdate(1, 1), answer(1)],
      send: [settings([4, largest])],
      get: ["SETTINGS ACK"],
    },
  });
});

describe("RFC 9113, 6.9.3: reducing the window", () => {
  test("6.9.3 the server bears what a client sends before it has seen the server's smaller window", () => {
    const peer = new TestPeer({ limits: { streamWindowSize: 65_535, connectionWindowSize: 65_535 } });
    play(peer, [Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), settings(), headers(1, [], false)]);
    play(peer, [opening(3), ...Array<Step>(3).fill(data(3, new Uint8Array(16_384)))]);
    play(peer, [data(3, new Uint8Array(16_383))]);
    assert.deepEqual(peer.take().slice(1), [
      "SETTINGS ACK",
      "RST_STREAM 1 protocolError",
      "WINDOW_UPDATE 0 32768",
      "WINDOW_UPDATE 3 32768",
    ]);
  });
});
