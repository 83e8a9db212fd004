import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameFlag, FrameType } from "../frame/frame-type.js";
import type { Http2Limits } from "../limits/http2-limits.js";
import { type RawFrame, rawFrame, type SettingEntry } from "../testing/raw-frame.js";
import { type HeaderPairs, requestHeaders, TestPeer, toFields } from "../testing/test-peer.js";

/** Something that happens on a connection: a frame of the client's, bytes of any kind, or an act of the server. */
export type Step = RawFrame | Uint8Array | ((peer: TestPeer) => void);

/** What a client sends and all that it gets back. */
export interface Rule {
  readonly limits?: Partial<Http2Limits>;
  /** The client's own SETTINGS. */
  readonly settings?: readonly SettingEntry[];
  /** What went before; what came back then is not looked at. */
  readonly after?: readonly Step[];
  readonly send: readonly Step[];
  /** Every frame that comes back, as TestPeer words it; `GOAWAY` also ends the connection, and nothing else does. */
  readonly get: readonly string[];
  /** All that the handler hears of what is sent; not looked at when left out. */
  readonly heard?: readonly string[];
}

/** Declares a test for each rule of a section of an RFC. */
export function rules(section: string, table: Readonly<Record<string, Rule>>): void {
  for (const [name, rule] of Object.entries(table)) test(`${section} ${name}`, () => check(rule));
}

export function check({ limits = {}, settings = [], after = [], send, get, heard }: Rule): void {
  const peer = TestPeer.connected({ limits }, ...settings);
  play(peer, after);
  peer.take();
  peer.handler.take();
  play(peer, send);
  assert.deepEqual(peer.take(), get);
  if (heard) assert.deepEqual(peer.handler.take(), heard);
  const isEnded = get.some((line) => line.startsWith("GOAWAY") && !line.endsWith("noError"));
  assert.equal(peer.connection.state, isEnded ? "closed" : "open");
  assert.deepEqual(peer.faults, []);
}

export function play(peer: TestPeer, steps: readonly Step[]): void {
  for (const step of steps) {
    if (typeof step === "function") step(peer);
    else if (step instanceof Uint8Array) peer.sendBytes(step);
    else peer.sendBytes(rawFrame(step));
  }
}

// Frames of the client's. Their header blocks touch no table, so that each frame can stand in any rule.

/** Fields as literals without indexing, names and values written out. Source: RFC 7541 §6.2.2. */
export function literals(pairs: HeaderPairs): Buffer {
  return Buffer.concat(pairs.flatMap(([name, value]) => [Buffer.of(0), literal(name), literal(value)]));
}

/** A string literal of up to 16 510 bytes. Source: RFC 7541 §5.2. */
function literal(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  const rest = bytes.length - 0x7f;
  const length = rest < 0 ? [bytes.length] : [0x7f, 0x80 | (rest & 0x7f), rest >> 7];
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** HEADERS that are whole in one frame. */
export function headers(streamId: number, pairs: HeaderPairs, isEnd = true): RawFrame {
  const flags = FrameFlag.endHeaders | (isEnd ? FrameFlag.endStream : 0);
  return { type: FrameType.headers, flags, streamId, payload: literals(pairs) };
}

/** A request without a body. */
export function request(streamId: number, ...more: HeaderPairs): RawFrame {
  return headers(streamId, [...requestHeaders, ...more]);
}

/** The beginning of a request whose body follows. */
export function opening(streamId: number, ...more: HeaderPairs): RawFrame {
  return headers(streamId, [...requestHeaders, ...more], false);
}

export function continuation(streamId: number, payload: RawFrame["payload"] = [], isLast = true): RawFrame {
  return { type: FrameType.continuation, flags: isLast ? FrameFlag.endHeaders : 0, streamId, payload };
}

export function priority(streamId: number, dependency = 0): RawFrame {
  return { type: FrameType.priority, streamId, payload: [0, 0, 0, dependency, 15] };
}

export function settingsAck(): RawFrame {
  return { type: FrameType.settings, flags: FrameFlag.ack };
}

export function goaway(lastStreamId = 0, code = 0, debugData = ""): RawFrame {
  const fixed = Buffer.alloc(8);
  fixed.writeUInt32BE(lastStreamId, 0);
  fixed.writeUInt32BE(code, 4);
  return { type: FrameType.goaway, payload: Buffer.concat([fixed, Buffer.from(debugData)]) };
}

// Acts of the server.

const ok = toFields([[":status", "200"]]);
const trailers = toFields([["grpc-status", "0"]]);

/** Answers a request by headers alone. */
export function answer(streamId: number): Step {
  return (peer) => peer.handler.stream(streamId).sendHeaders(ok, true);
}

/** Answers a request with a body of so many letters and trailers. */
export function answerWith(streamId: number, size: number): Step {
  return (peer) => peer.handler.stream(streamId).respond(ok, Buffer.alloc(size, "a"), trailers);
}

export function reset(streamId: number): Step {
  return (peer) => peer.handler.stream(streamId).reset(8);
}
