import type { ConnectionHooks, PeerError } from "../connection/connection-hooks.js";
import { ServerConnection } from "../connection/server-connection.js";
import type { BodyReceiver, ServerStream, StreamHandler } from "../connection/stream-handler.js";
import { ErrorCode } from "../frame/error-code.js";
import { connectionPreface, FrameFlag, FrameType } from "../frame/frame-type.js";
import type { HeaderField } from "../hpack/header-field.js";
import { HpackEncoder } from "../hpack/hpack-encoder.js";
import { type Http2Limits, type LimitName, resolveHttp2Limits } from "../limits/http2-limits.js";
import { codeName, FrameWords } from "./frame-words.js";
import { type RawFrame, rawFrame, type SettingEntry, settingsPayload, uint32 } from "./raw-frame.js";
import type { RecordedFrame } from "./recording-visitor.js";

/** Headers as they are written in tests. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

export function toFields(pairs: HeaderPairs): readonly HeaderField[] {
  return pairs.map(([name, value]) => ({ name, value }));
}

export const requestHeaders: HeaderPairs = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", "/service/Method"],
  [":authority", "localhost"],
];

/** Notes what a ServerConnection tells its handler, in words. */
export class RecordingHandler implements StreamHandler {
  readonly events: string[] = [];
  readonly streams: Map<number, ServerStream> = new Map();
  /** Answers a stream when its body is whole, when a test sets it. */
  answer: ((stream: ServerStream, body: Buffer) => void) | undefined;

  onHeaders(stream: ServerStream, fields: readonly HeaderField[]): BodyReceiver {
    const { id } = stream;
    this.streams.set(id, stream);
    const path = fields.find(({ name }) => name === ":path")?.value;
    this.events.push(`${id} headers ${path}`);
    const pieces: Uint8Array[] = [];
    return {
      onData: (piece) => {
        pieces.push(piece.slice());
        this.events.push(`${id} data ${piece.length}`);
      },
      onEnd: () => {
        this.events.push(`${id} end`);
        this.answer?.(stream, Buffer.concat(pieces));
      },
      onReset: (code) => this.events.push(`${id} reset ${codeName(code)}`),
      onDrain: () => this.events.push(`${id} drain`),
    };
  }

  /** The events since the last call. */
  take(): readonly string[] {
    return this.events.splice(0);
  }

  stream(id: number): ServerStream {
    const stream = this.streams.get(id);
    if (!stream) throw new Error(`no stream ${id} was opened`);
    return stream;
  }
}

export interface TestPeerOptions {
  readonly limits?: Partial<Http2Limits>;
  readonly handler?: StreamHandler;
  readonly chance?: number;
}

/** A client that writes frames by hand to a ServerConnection and reads what it answers in words. */
export class TestPeer implements ConnectionHooks {
  readonly handler: RecordingHandler = new RecordingHandler();
  readonly connection: ServerConnection;
  readonly limits: LimitName[] = [];
  readonly errors: PeerError[] = [];
  readonly faults: unknown[] = [];
  isClosed = false;
  outputCount = 0;
  readonly #encoder = new HpackEncoder();
  readonly #words = new FrameWords();

  constructor({ limits, handler, chance = 0.5 }: TestPeerOptions = {}) {
    this.connection = new ServerConnection({
      handler: handler ?? this.handler,
      hooks: this,
      limits: resolveHttp2Limits(limits),
      now: 0,
      chance,
    });
  }

  /** A peer past the exchange of SETTINGS; `settings` are its own. */
  static connected(options: TestPeerOptions = {}, ...settings: readonly SettingEntry[]): TestPeer {
    const peer = new TestPeer(options);
    peer.sendBytes(connectionPreface);
    peer.send(
      { type: FrameType.settings, payload: settingsPayload(...settings) },
      { type: FrameType.settings, flags: FrameFlag.ack },
    );
    peer.take();
    return peer;
  }

  onOutput(): void {
    this.outputCount++;
  }

  onClose(): void {
    this.isClosed = true;
  }

  onLimit(name: LimitName): void {
    this.limits.push(name);
  }

  onPeerError(error: PeerError): void {
    this.errors.push(error);
  }

  onFault(error: unknown): void {
    this.faults.push(error);
  }

  sendBytes(bytes: Uint8Array): void {
    this.connection.receive(bytes);
  }

  send(...frames: readonly RawFrame[]): void {
    this.sendBytes(Buffer.concat(frames.map(rawFrame)));
  }

  /** The HEADERS frame that opens a stream, or ends one with trailers. */
  headers(streamId: number, pairs: HeaderPairs = requestHeaders, isEnd = false): RawFrame {
    const flags = FrameFlag.endHeaders | (isEnd ? FrameFlag.endStream : 0);
    return { type: FrameType.headers, flags, streamId, payload: this.#encoder.encode(toFields(pairs)) };
  }

  /** Opens a stream; with a body it is ended too. */
  request(streamId: number, body?: string): void {
    this.send(this.headers(streamId));
    if (body !== undefined) this.send(data(streamId, body, true));
  }

  /** What the connection has sent since the last call, a line for each frame. */
  take(): readonly string[] {
    return this.#words.lines(this.connection.takeOutput());
  }

  /** The same as they were read. */
  takeFrames(): readonly RecordedFrame[] {
    return this.#words.frames(this.connection.takeOutput());
  }
}

export function data(streamId: number, body: string | Uint8Array, isEnd = false): RawFrame {
  const payload = typeof body === "string" ? Buffer.from(body, "latin1") : body;
  return { type: FrameType.data, flags: isEnd ? FrameFlag.endStream : 0, streamId, payload };
}

export function windowUpdate(streamId: number, increment: number): RawFrame {
  return { type: FrameType.windowUpdate, streamId, payload: uint32(increment) };
}

export function rstStream(streamId: number, code: number = ErrorCode.cancel): RawFrame {
  return { type: FrameType.rstStream, streamId, payload: uint32(code) };
}

export function settings(...entries: readonly SettingEntry[]): RawFrame {
  return { type: FrameType.settings, payload: settingsPayload(...entries) };
}

export function ping(payload = "12345678", isAck = false): RawFrame {
  return { type: FrameType.ping, flags: isAck ? FrameFlag.ack : 0, payload: Buffer.from(payload) };
}
