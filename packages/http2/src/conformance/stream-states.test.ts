import { describe } from "node:test";
import { FrameType } from "../frame/frame-type.js";
import { type RawFrame, uint32 } from "../testing/raw-frame.js";
import { data, rstStream, windowUpdate } from "../testing/test-peer.js";
import {
  answer,
  continuation,
  headers,
  opening,
  priority,
  request,
  reset,
  rules,
  type Step,
} from "./rules.js";

/** A frame of each type on stream 1. */
const frames = {
  DATA: data(1, "x"),
  HEADERS: opening(1),
  "HEADERS that end": headers(1, [["checksum", "1"]]),
  PRIORITY: priority(1),
  RST_STREAM: rstStream(1),
  SETTINGS: { type: FrameType.settings, streamId: 1 },
  PUSH_PROMISE: { type: FrameType.pushPromise, streamId: 1, payload: uint32(2) },
  PING: { type: FrameType.ping, streamId: 1, payload: new Uint8Array(8) },
  GOAWAY: { type: FrameType.goaway, streamId: 1, payload: new Uint8Array(8) },
  WINDOW_UPDATE: windowUpdate(1, 1),
  CONTINUATION: continuation(1),
  "an unknown type": { type: 0xfe, streamId: 1 },
} satisfies Readonly<Record<string, RawFrame>>;

type FrameName = keyof typeof frames;

/** What a frame does: nothing to complain of, an error of the stream or one of the connection. */
type Reaction = "is taken" | `stream ${string}` | `connection ${string}`;

interface StreamState {
  /** How stream 1 comes into it. */
  readonly by: readonly Step[];
  /** The highest stream that the handler has. */
  readonly lastId: number;
  readonly reactions: Readonly<Record<StreamFrameName, Reaction>>;
}

/** Those that belong to no stream, or to none of a client's, are the same in every state. */
const misplaced = {
  SETTINGS: "connection protocolError",
  PUSH_PROMISE: "connection protocolError",
  PING: "connection protocolError",
  GOAWAY: "connection protocolError",
  CONTINUATION: "connection protocolError",
} as const satisfies Partial<Record<FrameName, Reaction>>;

type StreamFrameName = Exclude<FrameName, keyof typeof misplaced>;

/** What the client sent before it heard that the server has reset the stream. */
const allBorneWith: StreamState["reactions"] = {
  DATA: "is taken",
  HEADERS: "is taken",
  "HEADERS that end": "is taken",
  PRIORITY: "is taken",
  RST_STREAM: "is taken",
  WINDOW_UPDATE: "is taken",
  "an unknown type": "is taken",
};

/**
 * Every state that a stream can have at a server that does not push. "half-closed (local)" is none of them: a server
 * that has answered in full refuses the rest of the request, which closes the stream.
 */
const states: Readonly<Record<string, StreamState>> = {
  idle: {
    by: [],
    lastId: 0,
    reactions: {
      DATA: "connection protocolError",
      HEADERS: "is taken",
      // As a request it has no method.
      "HEADERS that end": "stream protocolError",
      PRIORITY: "is taken",
      RST_STREAM: "connection protocolError",
      WINDOW_UPDATE: "connection protocolError",
      "an unknown type": "is taken",
    },
  },
  open: {
    by: [opening(1)],
    lastId: 1,
    reactions: {
      DATA: "is taken",
      // Trailers have to end the stream (8.1).
      HEADERS: "stream protocolError",
      "HEADERS that end": "is taken",
      PRIORITY: "is taken",
      RST_STREAM: "is taken",
      WINDOW_UPDATE: "is taken",
      "an unknown type": "is taken",
    },
  },
  "half-closed (remote)": {
    by: [request(1)],
    lastId: 1,
    reactions: {
      DATA: "stream streamClosed",
      HEADERS: "stream streamClosed",
      "HEADERS that end": "stream streamClosed",
      PRIORITY: "is taken",
      RST_STREAM: "is taken",
      WINDOW_UPDATE: "is taken",
      "an unknown type": "is taken",
    },
  },
  "closed by END_STREAM of both": {
    by: [request(1), answer(1)],
    lastId: 1,
    reactions: {
      DATA: "stream streamClosed",
      HEADERS: "connection streamClosed",
      "HEADERS that end": "connection streamClosed",
      PRIORITY: "is taken",
      RST_STREAM: "is taken",
      WINDOW_UPDATE: "is taken",
      "an unknown type": "is taken",
    },
  },
  "closed by RST_STREAM of the client": {
    by: [opening(1), rstStream(1)],
    lastId: 1,
    reactions: {
      DATA: "stream streamClosed",
      HEADERS: "stream streamClosed",
      "HEADERS that end": "stream streamClosed",
      PRIORITY: "is taken",
      RST_STREAM: "is taken",
      WINDOW_UPDATE: "is taken",
      "an unknown type": "is taken",
    },
  },
  "closed by RST_STREAM of the server": {
    by: [opening(1), reset(1)],
    lastId: 1,
    reactions: allBorneWith,
  },
  "closed by an answer before the request's end": {
    by: [opening(1), answer(1)],
    lastId: 1,
    reactions: allBorneWith,
  },
  "closed by the use of a higher id": {
    by: [opening(3)],
    lastId: 3,
    reactions: {
      DATA: "stream streamClosed",
      HEADERS: "connection protocolError",
      "HEADERS that end": "connection protocolError",
      PRIORITY: "is taken",
      RST_STREAM: "is taken",
      WINDOW_UPDATE: "is taken",
      "an unknown type": "is taken",
    },
  },
};

function framesFor(reaction: Reaction, lastId: number): readonly string[] {
  if (reaction === "is taken") return [];
  const [scope, code] = reaction.split(" ");
  return [scope === "stream" ? `RST_STREAM 1 ${code}` : `GOAWAY ${lastId} ${code}`];
}

describe("RFC 9113, 5.1: stream states", () => {
  for (const [state, { by, lastId, reactions }] of Object.entries(states)) {
    const all: Readonly<Record<FrameName, Reaction>> = { ...reactions, ...misplaced };
    for (const [name, reaction] of Object.entries(all) as [FrameName, Reaction][]) {
      rules("5.1", {
        [`${state}: ${name}: ${reaction}`]: {
          after: by,
          send: [frames[name]],
          get: framesFor(reaction, lastId),
        },
      });
    }
  }
});
