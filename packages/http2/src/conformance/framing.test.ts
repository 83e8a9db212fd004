import { describe } from "node:test";
import { FrameFlag, FrameType } from "../frame/frame-type.js";
import { type RawFrame, settingsPayload, uint32 } from "../testing/raw-frame.js";
import { data, ping, requestHeaders, settings, windowUpdate } from "../testing/test-peer.js";
import {
  continuation,
  headers,
  literals,
  opening,
  type Rule,
  request,
  reset,
  rules,
  type Step,
} from "./rules.js";

const block = literals(requestHeaders);
const asked = ["1 headers /service/Method", "1 end"];
const { endStream, endHeaders, padded, priority } = FrameFlag;

/** A request without a body, its header block cut at the given places. */
function cutAt(...places: readonly number[]): readonly RawFrame[] {
  const cuts = [...places, block.length];
  return [
    { type: FrameType.headers, flags: endStream, streamId: 1, payload: block.subarray(0, cuts[0]) },
    ...places.map((place, at) =>
      continuation(1, block.subarray(place, cuts[at + 1]), at === places.length - 1),
    ),
  ];
}

describe("RFC 9113, 4.1: the frame format", () => {
  rules("4.1", {
    "a frame of an unknown type is discarded, on the connection": {
      send: [{ type: 0xfe, payload: [1, 2, 3] }, ping()],
      get: ["PING 12345678 ACK"],
    },
    "a frame of an unknown type is discarded, on an idle, an open and a closed stream": {
      after: [opening(1), opening(3), reset(1)],
      send: [1, 3, 5].map((streamId) => ({ type: 0xfe, flags: 0xff, streamId, payload: [0] })),
      get: [],
      heard: [],
    },
    "flags that a type does not have are ignored: DATA": {
      after: [opening(1)],
      send: [{ ...data(1, "x"), flags: 0xff & ~(endStream | padded) }],
      get: [],
      heard: ["1 data 1"],
    },
    "flags that a type does not have are ignored: HEADERS": {
      send: [{ ...request(1), flags: 0xff & ~(padded | priority) }],
      get: [],
      heard: asked,
    },
    "flags that a type does not have are ignored: RST_STREAM": {
      after: [opening(1)],
      send: [{ type: FrameType.rstStream, flags: 0xff, streamId: 1, payload: uint32(8) }],
      get: [],
      heard: ["1 reset cancel"],
    },
    "flags that a type does not have are ignored: SETTINGS": {
      send: [{ ...settings(), flags: 0xfe }],
      get: ["SETTINGS ACK"],
    },
    "flags that a type does not have are ignored: PING": {
      send: [{ ...ping(), flags: 0xfe }],
      get: ["PING 12345678 ACK"],
    },
    "flags that a type does not have are ignored: WINDOW_UPDATE": {
      send: [{ ...windowUpdate(0, 1), flags: 0xff }],
      get: [],
    },
    "flags that a type does not have are ignored: CONTINUATION": {
      send: [...cutAt(4).slice(0, 1), { ...continuation(1, block.subarray(4)), flags: 0xff }],
      get: [],
      heard: asked,
    },
    "the reserved bit before a stream id is ignored": {
      send: [
        { ...request(1), streamId: 0x80000001 },
        { ...ping(), streamId: 0x80000000 },
      ],
      get: ["PING 12345678 ACK"],
      heard: asked,
    },
  });
});

describe("RFC 9113, 4.2: the frame size", () => {
  const tooLarge: Rule = { send: [{ ...data(1, ""), length: 16_385 }], get: ["GOAWAY 0 frameSizeError"] };
  rules("4.2", {
    "a frame of 2^14 bytes is taken": {
      after: [opening(1)],
      send: [data(1, new Uint8Array(16_384))],
      get: [],
      heard: ["1 data 16384"],
    },
    "a larger frame ends the connection: DATA": tooLarge,
    ...Object.fromEntries(
      Object.entries(FrameType)
        .filter(([name]) => name !== "data")
        .map(([name, type]): [string, Rule] => [
          `a larger frame ends the connection: ${name}`,
          { send: [{ type, streamId: 1, length: 16_385 }], get: tooLarge.get },
        ]),
    ),
    "a larger frame of an unknown type ends the connection": {
      send: [{ type: 0xfe, length: 16_385 }],
      get: tooLarge.get,
    },
    "a frame as large as our SETTINGS_MAX_FRAME_SIZE is taken": {
      limits: { maxFrameSize: 20_000 },
      after: [opening(1)],
      send: [data(1, new Uint8Array(20_000))],
      get: [],
      heard: ["1 data 20000"],
    },
    "a frame larger than our SETTINGS_MAX_FRAME_SIZE ends the connection": {
      limits: { maxFrameSize: 20_000 },
      after: [opening(1)],
      send: [{ ...data(1, ""), length: 20_001 }],
      get: ["GOAWAY 1 frameSizeError"],
    },
    "the server keeps to 2^14 bytes unless the client allows more": {
      settings: [[4, 100_000]],
      after: [request(1)],
      send: [(peer) => peer.handler.stream(1).sendData(Buffer.alloc(20_000, "a"))],
      get: ["DATA 1 aaaa*16384", "DATA 1 aaaa*3616"],
    },
    ...tooShort({
      "DATA with padding and no byte to tell it": { type: FrameType.data, flags: padded, streamId: 1 },
      "HEADERS with padding and no byte to tell it": { type: FrameType.headers, flags: padded, streamId: 1 },
      "HEADERS with a part of a priority": {
        type: FrameType.headers,
        flags: priority | endHeaders,
        streamId: 1,
        payload: [0, 0, 0, 1],
      },
      "PRIORITY of 4 bytes": { type: FrameType.priority, streamId: 1, payload: [0, 0, 0, 1] },
      "RST_STREAM of 3 bytes": { type: FrameType.rstStream, streamId: 1, payload: [0, 0, 8] },
      "SETTINGS of 7 bytes": { type: FrameType.settings, payload: [...settingsPayload([1, 1]), 0] },
      "PING of 7 bytes": { type: FrameType.ping, payload: new Uint8Array(7) },
      "GOAWAY of 7 bytes": { type: FrameType.goaway, payload: new Uint8Array(7) },
      "WINDOW_UPDATE of 3 bytes": { type: FrameType.windowUpdate, payload: [0, 0, 1] },
    }),
  });
});

/** The server takes every frame of a wrong length for an error of the connection, as 5.4.1 lets it. */
function tooShort(frames: Readonly<Record<string, RawFrame>>): Readonly<Record<string, Rule>> {
  return Object.fromEntries(
    Object.entries(frames).map(([name, frame]) => [
      `${name} is too small for what it must hold`,
      { after: [opening(1)], send: [frame], get: ["GOAWAY 1 frameSizeError"] },
    ]),
  );
}

describe("RFC 9113, 4.3: field compression", () => {
  const inBetween = (...between: readonly Step[]): Rule => ({
    send: [...cutAt(4).slice(0, 1), ...between, ...cutAt(4).slice(1)],
    get: ["GOAWAY 0 protocolError"],
    heard: [],
  });
  rules("4.3", {
    "a block may lie in one frame": { send: [request(1)], get: [], heard: asked },
    "a block may be cut anywhere": { send: cutAt(1, 2, 9, 10, 40), get: [], heard: asked },
    "a block may have fragments of no bytes": { send: cutAt(0, 0, 7, 7), get: [], heard: asked },
    "a block of an index that does not exist ends the connection": {
      send: [{ ...headers(1, []), payload: [0xff, 0x7f] }],
      get: ["GOAWAY 0 compressionError"],
      heard: [],
    },
    "a block that ends amid a field ends the connection": {
      send: [{ ...headers(1, []), payload: block.subarray(0, -1) }],
      get: ["GOAWAY 0 compressionError"],
      heard: [],
    },
    "trailers that cannot be decoded end the connection": {
      after: [opening(1)],
      send: [{ ...headers(1, []), payload: [0x80] }],
      get: ["GOAWAY 1 compressionError"],
      heard: ["1 reset compressionError"],
    },
    "the block of a refused stream is decoded all the same": {
      limits: { maxConcurrentStreams: 1 },
      after: [opening(1)],
      send: [{ ...headers(3, []), payload: [0x80] }],
      get: ["GOAWAY 1 compressionError"],
    },
    "the block of a stream that the server has reset is decoded all the same": {
      after: [opening(1), reset(1)],
      send: [{ ...headers(1, []), payload: [0x80] }],
      get: ["GOAWAY 1 compressionError"],
    },
    "nothing may stand between the frames of a block: HEADERS of another stream": inBetween(request(3)),
    "nothing may stand between the frames of a block: DATA": inBetween(data(1, "x")),
    "nothing may stand between the frames of a block: PING": inBetween(ping()),
    "nothing may stand between the frames of a block: SETTINGS": inBetween(settings()),
    "nothing may stand between the frames of a block: WINDOW_UPDATE": inBetween(windowUpdate(0, 1)),
    "nothing may stand between the frames of a block: a frame of an unknown type": inBetween({ type: 0xfe }),
    "nothing may stand between the frames of a block: CONTINUATION of another stream": inBetween(
      continuation(3),
    ),
  });
});
