import assert from "node:assert/strict";
import type { ConnectionHooks } from "../../connection/connection-hooks.js";
import { ServerConnection } from "../../connection/server-connection.js";
import type { BodyReceiver, ServerStream, StreamHandler } from "../../connection/stream-handler.js";
import { ErrorCode } from "../../frame/error-code.js";
import { FrameReader } from "../../frame/frame-reader.js";
import { connectionPreface, frameHeaderSize } from "../../frame/frame-type.js";
import type { HeaderField } from "../../hpack/header-field.js";
import { HpackDecoder } from "../../hpack/hpack-decoder.js";
import { type Http2Limits, resolveHttp2Limits } from "../../limits/http2-limits.js";
import { type RawFrame, rawFrame } from "../../testing/raw-frame.js";
import { RecordingVisitor } from "../../testing/recording-visitor.js";
import type { Random } from "./random.js";

/** Limits under which the recorded clients are served. */
const roomy = resolveHttp2Limits({ maxConcurrentStreams: 8, streamWindowSize: 65_535, maxIdleFrames: 100 });

/** Limits that some of them run into; the windows are smaller than any client can know of. */
const tight: Partial<Http2Limits> = {
  maxConcurrentStreams: 2,
  maxHeaderListSize: 250,
  maxHeaderBlockSize: 400,
  maxContinuations: 1,
  streamWindowSize: 6000,
  connectionWindowSize: 20_000,
  maxResets: 2,
  maxIdleFrames: 30,
  maxUnsentBytes: 5000,
  socketBufferSize: 4096,
};

const anyLimits = { maxFrameSize: 2 ** 24 - 1, maxHeaderBlockSize: 2 ** 24, maxContinuations: 100 };

const headers: readonly HeaderField[] = [
  { name: ":status", value: "200" },
  { name: "content-type", value: "application/grpc" },
];
const trailers: readonly HeaderField[] = [{ name: "grpc-status", value: "0" }];

/** The most that one answer of the handler's has, in bytes. */
const maxAnswerSize = 20_000;
/** The most that a frame of the peer's may cost us to send beside answers: GOAWAY with its reason is the longest. */
const maxOutputPerFrame = 400;

/** One connection of a client that may send anything; every method fails when the connection does what it must not. */
export class FuzzedConnection implements ConnectionHooks {
  readonly #random: Random;
  readonly #connection: ServerConnection;
  readonly #handler: FuzzedHandler;
  readonly #visitor = new RecordingVisitor();
  readonly #client = new FrameReader(this.#visitor, anyLimits);
  readonly #decoder = new HpackDecoder();
  #framesSent = 0;
  #outputSize = 0;
  #now = 0;
  #closeCount = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#handler = new FuzzedHandler(random);
    this.#connection = new ServerConnection({
      handler: this.#handler,
      hooks: this,
      limits: limitsOf(random),
      now: 0,
      chance: 0.5,
    });
    this.#connection.receive(connectionPreface);
  }

  get isOpen(): boolean {
    return this.#connection.state !== "closed";
  }

  onOutput(): void {}

  onClose(): void {
    this.#closeCount++;
  }

  onFault(error: unknown): void {
    throw error;
  }

  /** Sends frames in pieces of any size. */
  send(frames: readonly RawFrame[]): void {
    this.#framesSent += frames.length;
    const bytes = Buffer.concat(frames.map(rawFrame));
    const size = this.#random.oneIn(3) ? 1 + this.#random.below(bytes.length) : bytes.length;
    for (let at = 0; at < bytes.length; at += size) this.#connection.receive(bytes.subarray(at, at + size));
    this.#handler.act();
    this.#passTime();
    this.#readOutput();
  }

  /** Ends the connection, when the frames did not. */
  end(): void {
    if (this.#random.oneIn(2)) this.#connection.abort();
    else this.#connection.close();
    this.#readOutput();
    assert.equal(this.#connection.streamCount, 0);
    assert.equal(this.#connection.takeOutput().length, 0);
    assert.equal(this.#closeCount, 1);
    this.#handler.check();
  }

  #passTime(): void {
    if (!this.#random.oneIn(16)) return;
    this.#now += this.#random.below(20_000);
    this.#connection.sweep(this.#now);
    this.#connection.setUnwrittenBytes(this.#random.oneIn(2) ? 0 : 300_000);
  }

  /** What is sent must be frames, with header blocks that a client can decode, on streams that it may have opened. */
  #readOutput(): void {
    for (const piece of this.#connection.takeOutput()) {
      this.#outputSize += piece.length;
      this.#client.read(piece);
    }
    for (const frame of this.#visitor.frames.splice(0)) {
      if (frame.type === "headers") this.#decoder.decode(frame.block);
      if (frame.type === "headers" || frame.type === "data") assert.ok(this.#handler.knows(frame.streamId));
    }
    const answers = this.#handler.answeredBytes + this.#handler.streamCount * 4 * (frameHeaderSize + 64);
    assert.ok(this.#outputSize <= 400 + this.#framesSent * maxOutputPerFrame + answers);
  }
}

/** A third of the tight limits, so that a connection that breaks at one gets as far as others do. */
function limitsOf(random: Random): Http2Limits {
  return { ...roomy, ...Object.fromEntries(Object.entries(tight).filter(() => random.oneIn(3))) };
}

/** What became of a stream in the eyes of its handler. */
interface Call {
  readonly stream: ServerStream;
  isEnded: boolean;
  isReset: boolean;
  isAnswered: boolean;
}

/** Answers at once, at the end, later or never, pauses, resets; and notes what it is told. */
class FuzzedHandler implements StreamHandler {
  readonly #random: Random;
  readonly #calls = new Map<number, Call>();
  answeredBytes = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  get streamCount(): number {
    return this.#calls.size;
  }

  knows(streamId: number): boolean {
    return this.#calls.has(streamId);
  }

  onHeaders(stream: ServerStream): BodyReceiver | undefined {
    const call = this.#open(stream);
    if (this.#random.oneIn(16)) this.#answer(call);
    if (this.#random.oneIn(8)) stream.pauseBody();
    return {
      onData: (piece) => {
        this.#checkOpen(call);
        assert.ok(piece.length > 0 && !call.isEnded);
        if (this.#random.oneIn(32)) this.#answer(call);
      },
      onEnd: () => {
        this.#checkOpen(call);
        assert.ok(!call.isEnded);
        call.isEnded = true;
        if (!this.#random.oneIn(4)) this.#answer(call);
      },
      onReset: () => {
        this.#checkOpen(call);
        assert.ok(stream.isClosed);
        call.isReset = true;
      },
      onDrain: () => this.#checkOpen(call),
    };
  }

  onOversizedHeaders(stream: ServerStream): void {
    this.#answer(this.#open(stream));
  }

  /** Does something to one of the streams outside of any call. */
  act(): void {
    for (const call of this.#calls.values()) {
      if (!this.#random.oneIn(4)) continue;
      call.stream.resumeBody();
      if (this.#random.oneIn(2)) this.#answer(call);
      return;
    }
  }

  /** Every stream was answered, or its receiver was told once that it was not to be. */
  check(): void {
    for (const { stream, isReset, isAnswered } of this.#calls.values()) {
      assert.ok(stream.isClosed);
      assert.notEqual(isReset, isAnswered);
    }
  }

  #open(stream: ServerStream): Call {
    assert.ok(!this.#calls.has(stream.id));
    const call: Call = { stream, isEnded: false, isReset: false, isAnswered: false };
    this.#calls.set(stream.id, call);
    return call;
  }

  #checkOpen(call: Call): void {
    assert.ok(!call.isReset && !call.isAnswered);
  }

  #answer(call: Call): void {
    const { stream } = call;
    if (stream.isClosed) return;
    call.isAnswered = true;
    if (this.#random.oneIn(16)) {
      stream.reset(ErrorCode.cancel);
      return;
    }
    const size = this.#random.oneIn(4) ? this.#random.below(maxAnswerSize) : this.#random.below(100);
    this.answeredBytes += size;
    stream.respond(headers, new Uint8Array(size), trailers);
  }
}
