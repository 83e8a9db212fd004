import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FrameFlag, FrameType } from "../frame/frame-type.js";
import { type RawFrame, uint32 } from "../testing/raw-frame.js";
import { data, ping, requestHeaders, rstStream, TestPeer } from "../testing/test-peer.js";
import {
  answer,
  continuation,
  goaway,
  headers,
  literals,
  opening,
  play,
  priority,
  request,
  rules,
} from "./rules.js";

const { ack, endHeaders, endStream, padded } = FrameFlag;

function paddedData(streamId: number, body: string, padding: number, filling = 0): RawFrame {
  const payload = Buffer.concat([Buffer.of(padding), Buffer.from(body), Buffer.alloc(padding, filling)]);
  return { type: FrameType.data, flags: padded, streamId, payload };
}

describe("RFC 9113, 6.1: DATA", () => {
  rules("6.1", {
    "DATA is part of a stream": { send: [data(0, "x")], get: ["GOAWAY 0 protocolError"] },
    "DATA may be padded": {
      after: [opening(1)],
      send: [paddedData(1, "hello", 0), paddedData(1, "hello", 255)],
      get: [],
      heard: ["1 data 5", "1 data 5"],
    },
    "DATA may be all padding": { after: [opening(1)], send: [paddedData(1, "", 255)], get: [], heard: [] },
    "padding that is not zeros is borne with": {
      after: [opening(1)],
      send: [paddedData(1, "hello", 3, 0xff)],
      get: [],
      heard: ["1 data 5"],
    },
    "padding as long as the payload ends the connection": {
      after: [opening(1)],
      send: [{ type: FrameType.data, flags: padded, streamId: 1, payload: [4, 1, 2, 3] }],
      get: ["GOAWAY 1 protocolError"],
    },
    "DATA may be empty, and may end the stream with or without bytes": {
      after: [opening(1), opening(3)],
      send: [data(1, ""), data(1, "", true), data(3, "x", true)],
      get: [],
      heard: ["1 end", "3 data 1", "3 end"],
    },
  });
});

describe("RFC 9113, 6.2: HEADERS", () => {
  const block = literals(requestHeaders);
  const paddedHeaders = (padding: number, bytes: number): RawFrame => ({
    type: FrameType.headers,
    flags: padded | endHeaders | endStream,
    streamId: 1,
    payload: Buffer.concat([Buffer.of(padding), block, Buffer.alloc(bytes)]),
  });
  rules("6.2", {
    "HEADERS are part of a stream": { send: [request(0)], get: ["GOAWAY 0 protocolError"] },
    "HEADERS may be padded": {
      send: [paddedHeaders(200, 200)],
      get: [],
      heard: ["1 headers /service/Method", "1 end"],
    },
    "padding longer than the payload ends the connection": {
      send: [paddedHeaders(block.length + 1, 0)],
      get: ["GOAWAY 0 protocolError"],
    },
    "padding that reaches into the priority ends the connection": {
      send: [{ type: FrameType.headers, flags: 0x2c, streamId: 1, payload: [2, 0, 0, 0, 0, 0, 0] }],
      get: ["GOAWAY 0 protocolError"],
    },
    "END_STREAM on HEADERS counts when their CONTINUATIONs have come": {
      send: [{ ...request(1), flags: endStream }, continuation(1)],
      get: [],
      heard: ["1 headers /service/Method", "1 end"],
    },
  });
});

describe("RFC 9113, 6.3: PRIORITY", () => {
  rules("6.3", {
    "PRIORITY is part of a stream": { send: [priority(0)], get: ["GOAWAY 0 protocolError"] },
    "PRIORITY has 5 bytes": {
      send: [{ type: FrameType.priority, streamId: 1, payload: new Uint8Array(6) }],
      get: ["GOAWAY 0 frameSizeError"],
    },
  });
});

describe("RFC 9113, 6.4: RST_STREAM", () => {
  rules("6.4", {
    "RST_STREAM is part of a stream": { send: [rstStream(0)], get: ["GOAWAY 0 protocolError"] },
    "RST_STREAM on an idle stream ends the connection": {
      send: [rstStream(1)],
      get: ["GOAWAY 0 protocolError"],
    },
    "RST_STREAM has 4 bytes": {
      after: [opening(1)],
      send: [{ type: FrameType.rstStream, streamId: 1, payload: [0, 0, 0, 8, 0] }],
      get: ["GOAWAY 1 frameSizeError"],
    },
    "RST_STREAM closes the stream, and nothing more is sent on it": {
      after: [opening(1)],
      send: [rstStream(1, 0), answer(1)],
      get: [],
      heard: ["1 reset noError"],
    },
  });
});

describe("RFC 9113, 6.6: PUSH_PROMISE", () => {
  rules("6.6", {
    "a client cannot push, on an open stream": {
      after: [opening(1)],
      send: [{ type: FrameType.pushPromise, flags: endHeaders, streamId: 1, payload: uint32(2) }],
      get: ["GOAWAY 1 protocolError"],
    },
    "a client cannot push, on the connection": {
      send: [{ type: FrameType.pushPromise, flags: endHeaders, payload: uint32(2) }],
      get: ["GOAWAY 0 protocolError"],
    },
  });
});

describe("RFC 9113, 6.7: PING", () => {
  rules("6.7", {
    "PING is answered with the same bytes": {
      send: [ping("\0\u007fabcdef"), ping("second!!")],
      get: ["PING \0\u007fabcdef ACK", "PING second!! ACK"],
    },
    "an answer is not answered": { send: [ping("12345678", true)], get: [] },
    "PING is about the connection": { send: [{ ...ping(), streamId: 1 }], get: ["GOAWAY 0 protocolError"] },
    "PING has 8 bytes": {
      send: [{ type: FrameType.ping, payload: new Uint8Array(9) }],
      get: ["GOAWAY 0 frameSizeError"],
    },
    "an answer has 8 bytes": {
      send: [{ type: FrameType.ping, flags: ack, payload: new Uint8Array(0) }],
      get: ["GOAWAY 0 frameSizeError"],
    },
  });
});

describe("RFC 9113, 6.8: GOAWAY", () => {
  rules("6.8", {
    "GOAWAY is about the connection": {
      send: [{ ...goaway(), streamId: 1 }],
      get: ["GOAWAY 0 protocolError"],
    },
    "GOAWAY has 8 bytes at least": {
      send: [{ type: FrameType.goaway, payload: new Uint8Array(4) }],
      get: ["GOAWAY 0 frameSizeError"],
    },
  });

  test("6.8 what the client has asked is answered after its GOAWAY, and the connection closes", () => {
    const peer = TestPeer.connected();
    play(peer, [opening(1), goaway(0, 0, "debug data that means nothing"), data(1, "body", true)]);
    assert.deepEqual(peer.take(), ["GOAWAY 1 noError"]);
    assert.deepEqual(peer.handler.take(), ["1 headers /service/Method", "1 data 4", "1 end"]);
    play(peer, [answer(1)]);
    assert.deepEqual(peer.take(), ["HEADERS 1 :status=200 END"]);
    assert.ok(peer.isClosed);
  });

  test("6.8 GOAWAY may come again, with a lower stream", () => {
    const peer = TestPeer.connected();
    play(peer, [request(1), goaway(8), goaway(6), goaway(0)]);
    assert.deepEqual(peer.take(), ["GOAWAY 1 noError"]);
    assert.equal(peer.connection.state, "draining");
  });

  test("6.8 GOAWAY without open streams closes the connection", () => {
    const peer = TestPeer.connected();
    play(peer, [goaway()]);
    assert.deepEqual(peer.take(), ["GOAWAY 0 noError"]);
    assert.ok(peer.isClosed);
  });

  test("6.8 the server asks first for no more streams, then names the last one, and ignores those above", () => {
    const peer = TestPeer.connected();
    peer.connection.shutdown();
    play(peer, [request(1), ping("leaving.", true)]);
    assert.deepEqual(peer.take(), ["GOAWAY 2147483647 noError", "PING leaving."]);
    peer.connection.sweep(0);
    peer.connection.sweep(1000);
    assert.deepEqual(peer.take(), ["GOAWAY 1 noError"]);
    play(peer, [opening(3), data(3, "x", true)]);
    assert.deepEqual(peer.take(), ["RST_STREAM 3 refusedStream"]);
    assert.deepEqual(peer.handler.take(), ["1 headers /service/Method", "1 end"]);
  });
});

describe("RFC 9113, 6.10: CONTINUATION", () => {
  const begin: RawFrame = { ...request(1), flags: endStream };
  rules("6.10", {
    "CONTINUATION is part of a stream": {
      send: [begin, continuation(0)],
      get: ["GOAWAY 0 protocolError"],
    },
    "CONTINUATION follows HEADERS, it does not begin a block": {
      send: [continuation(1)],
      get: ["GOAWAY 0 protocolError"],
    },
    "CONTINUATION does not follow HEADERS that are whole": {
      after: [opening(1)],
      send: [continuation(1)],
      get: ["GOAWAY 1 protocolError"],
    },
    "CONTINUATION does not follow DATA": {
      after: [opening(1)],
      send: [data(1, "x"), continuation(1)],
      get: ["GOAWAY 1 protocolError"],
    },
    "CONTINUATION does not follow the last of its block": {
      send: [begin, continuation(1), continuation(1)],
      get: ["GOAWAY 1 protocolError"],
    },
    "CONTINUATION is of the stream of its HEADERS": {
      send: [begin, continuation(3)],
      get: ["GOAWAY 0 protocolError"],
    },
    "trailers may be continued": {
      after: [opening(1)],
      send: [
        { ...headers(1, [["checksum", "1"]]), flags: endStream },
        continuation(1, literals([["more", "2"]])),
      ],
      get: [],
      heard: ["1 end"],
    },
  });
});
