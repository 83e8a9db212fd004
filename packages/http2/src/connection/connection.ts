import { ErrorCode } from "../frame/error-code.js";
import { FrameReader } from "../frame/frame-reader.js";
import { FrameWriter } from "../frame/frame-writer.js";
import type { HeaderField } from "../hpack/header-field.js";
import { HpackEncoder } from "../hpack/hpack-encoder.js";
import { FrameBudget } from "../limits/frame-budget.js";
import type { Http2Limits, LimitName } from "../limits/http2-limits.js";
import { LimitExceeded } from "../limits/limit-exceeded.js";
import { ResetLimit } from "../limits/reset-limit.js";
import type { ConnectionHooks } from "./connection-hooks.js";
import { FlowSender, type FlowSenderHost } from "./flow-sender.js";
import { type ConnectionRole, PeerFrames } from "./peer-frames.js";
import { initialSettings, SettingId, type Settings } from "./settings.js";
import type { Stream, StreamDefaults, StreamOwner } from "./stream.js";
import { type StreamEnd, StreamTable } from "./stream-table.js";

export interface ConnectionOptions {
  readonly role: ConnectionRole;
  readonly limits: Http2Limits;
  readonly hooks: ConnectionHooks;
  /** A handler has sent something, which may be outside of `read`. */
  readonly onWritten: () => void;
  /** What our SETTINGS say beside sizes. */
  readonly settings: readonly (readonly [id: number, value: number])[];
  /** The time in ms, by the clock that the sweeps follow. */
  readonly now: number;
}

/**
 * The part of a connection that is the same at both ends: its streams and their ends, what leaves and under which limits;
 * PeerFrames is the part for what comes. It works on bytes and knows no socket and no time but that of `sweep`.
 */
export class Connection implements StreamOwner, FlowSenderHost {
  readonly writer: FrameWriter = new FrameWriter();
  readonly streams: StreamTable = new StreamTable();
  readonly sender: FlowSender;
  /** What a new stream starts with, by the settings of both ends. */
  streamDefaults: StreamDefaults;
  /** Streams the peer lets us open at once; none before its SETTINGS came. */
  maxStreams = 0;
  readonly #role: ConnectionRole;
  readonly #limits: Http2Limits;
  readonly #hooks: ConnectionHooks;
  readonly onWritten: () => void;
  readonly #encoder = new HpackEncoder();
  readonly #frames: PeerFrames;
  readonly #reader: FrameReader;
  readonly #budget: FrameBudget;
  readonly #resets: ResetLimit;
  /** The time of the last sweep, and what had been sent by then. */
  #sweptAt: number;
  #sentBytesBefore = 0;
  /** The cut frame that the last sweep found, and when one first did. */
  #unfinished = 0;
  #unfinishedSince = 0;

  constructor(options: ConnectionOptions) {
    const { limits, now } = options;
    this.#role = options.role;
    this.#limits = limits;
    this.#hooks = options.hooks;
    this.onWritten = options.onWritten;
    this.#sweptAt = now;
    this.streamDefaults = {
      sendWindowSize: initialSettings.initialWindowSize,
      receiveWindowSize: limits.streamWindowSize,
      bodyTimeoutMs: limits.bodyTimeoutMs,
    };
    this.#budget = new FrameBudget(limits.maxIdleFrames);
    this.#resets = new ResetLimit({ max: limits.maxResets, windowMs: limits.resetWindowMs, now });
    const { socketBufferSize } = limits;
    this.sender = new FlowSender({ host: this, writer: this.writer, budget: this.#budget, socketBufferSize });
    this.writer.settings([
      ...options.settings,
      [SettingId.initialWindowSize, limits.streamWindowSize],
      [SettingId.maxFrameSize, limits.maxFrameSize],
      [SettingId.maxHeaderListSize, limits.maxHeaderListSize],
    ]);
    this.#frames = new PeerFrames(this, options.role, limits);
    this.#reader = new FrameReader(this.#frames, limits);
  }

  /** The peer has taken note of our SETTINGS. */
  get isAcknowledged(): boolean {
    return this.#frames.isAcknowledged;
  }

  /** SETTINGS have been exchanged both ways. */
  get isSettled(): boolean {
    return this.#frames.isSettled;
  }

  /** @throws ConnectionError when the peer broke a rule, and whatever a handler throws. */
  read(chunk: Uint8Array): void {
    this.#reader.read(chunk);
  }

  /** Nothing is read any more. */
  stop(): void {
    this.#reader.stop();
  }

  /** What the peer says of itself, as far as it bears on what leaves. */
  applySettings(settings: Settings): void {
    this.streamDefaults = { ...this.streamDefaults, sendWindowSize: settings.initialWindowSize };
    this.maxStreams = settings.maxConcurrentStreams;
    this.writer.maxFrameSize = settings.maxFrameSize;
    this.#encoder.setMaxTableSize(settings.leastHeaderTableSize);
    this.#encoder.setMaxTableSize(settings.headerTableSize);
  }

  setUnwrittenBytes(bytes: number): void {
    this.sender.setUnwrittenBytes(bytes);
  }

  countLimit(name: LimitName): void {
    this.#hooks.onLimit?.(name);
  }

  /** A request came: it pays for the frames that go with requests. */
  countOpened(): void {
    this.#resets.countOpened();
    this.#budget.earn(framesPerStream);
  }

  /** @throws LimitExceeded when it is one too many. */
  countReset(): void {
    if (!this.#resets.countReset()) throw new LimitExceeded("resets", "too many streams were reset");
  }

  /** Looks after time: to be called about once a second, with the ms of the clock. */
  sweep(now: number): void {
    this.#budget.earn(Math.floor(((now - this.#sweptAt) * this.#limits.idleFramesPerSecond) / 1000));
    this.#sweptAt = now;
    this.#resets.sweep(now);
    for (const stream of this.streams.values()) this.#sweepStream(stream, now);
    this.#checkUnsent();
    this.#checkUnfinished(now);
    this.writer.trim();
  }

  /** A frame that comes byte by byte holds what it may, and the connection, for no work. */
  #checkUnfinished(now: number): void {
    const { unfinished } = this.#reader;
    if (unfinished !== this.#unfinished) {
      this.#unfinished = unfinished;
      this.#unfinishedSince = now;
    } else if (unfinished !== 0 && now - this.#unfinishedSince > this.#limits.frameTimeoutMs) {
      throw new LimitExceeded("frame_timeout", "a frame takes too long to come");
    }
  }

  /** A peer that leaves much unread is borne with as long as it reads at all. */
  #checkUnsent(): void {
    const { sentBytes, unsentBytes } = this.sender;
    if (unsentBytes > this.#limits.maxUnsentBytes && sentBytes === this.#sentBytesBefore) {
      throw new LimitExceeded("unsent_bytes", "too many bytes of answers are not read");
    }
    this.#sentBytesBefore = sentBytes;
  }

  #sweepStream(stream: Stream, now: number): void {
    stream.seenAt ??= now;
    const { backlog } = stream;
    if (backlog?.hasMoved) {
      backlog.hasMoved = false;
      backlog.movedAt = now;
    }
    const ageMs = now - stream.seenAt;
    if (!stream.isRemoteEnded && ageMs > stream.bodyTimeoutMs) {
      this.countLimit("body_timeout");
      this.failStream(stream, ErrorCode.cancel, `its body took longer than ${stream.bodyTimeoutMs} ms`);
    } else if (this.#isTooSlow(stream, ageMs)) {
      this.countLimit("body_rate");
      this.failStream(stream, ErrorCode.cancel, "its body comes too slowly");
    } else if (backlog && now - backlog.movedAt > this.#limits.responseTimeoutMs) {
      this.countLimit("response_timeout");
      this.failStream(stream, ErrorCode.cancel, "its answer was not read");
    }
  }

  /** Since when it has been slow does not matter: what came fast before is paid for. */
  #isTooSlow({ isRemoteEnded, bodyTimeoutMs, receivedLength }: Stream, ageMs: number): boolean {
    const { minBodyRate, bodyRateGraceMs } = this.#limits;
    if (isRemoteEnded || bodyTimeoutMs === Number.POSITIVE_INFINITY) return false;
    return receivedLength * 1000 < minBodyRate * (ageMs - bodyRateGraceMs);
  }

  // Streams: what handlers do.

  sendHeaders(stream: Stream, fields: readonly HeaderField[], isEnd: boolean): void {
    this.writer.headers(stream.id, this.#encoder.encode(fields), isEnd);
    if (isEnd) this.onLocalEnd(stream);
  }

  sendData(stream: Stream, bytes: Uint8Array, isEnd: boolean): void {
    this.sender.send(stream, bytes, isEnd);
  }

  sendTrailers(stream: Stream, fields: readonly HeaderField[]): void {
    this.sender.sendTrailers(stream, fields);
  }

  /** Whoever gave the trailers is no longer there to be told of a fault in them, so it costs the stream. */
  sendDeferredTrailers(stream: Stream, fields: readonly HeaderField[]): void {
    try {
      this.sendHeaders(stream, fields, true);
    } catch (error) {
      this.#hooks.onFault?.(error);
      this.resetStream(stream, ErrorCode.internalError);
    }
  }

  resetStream(stream: Stream, code: ErrorCode): void {
    this.writer.rstStream(stream.id, code);
    this.closeStream(stream, "reset-by-us");
  }

  resumeBody(stream: Stream): void {
    this.#frames.resumeBody(stream);
  }

  onDrain(stream: Stream): void {
    stream.receiver?.onDrain?.();
  }

  // Streams: how they end.

  onLocalEnd(stream: Stream): void {
    stream.isLocalEnded = true;
    if (stream.isRemoteEnded) this.closeStream(stream, "ended");
    else this.#role.onEndedFirst(stream);
  }

  endRemote(stream: Stream): void {
    const { declaredLength = stream.receivedLength } = stream;
    if (stream.receivedLength !== declaredLength) {
      this.failStream(stream, ErrorCode.protocolError, "its body is shorter than content-length");
      return;
    }
    stream.isRemoteEnded = true;
    stream.receiver?.onEnd();
    if (stream.isLocalEnded && !stream.isGone) this.closeStream(stream, "ended");
  }

  closeStream(stream: Stream, end: StreamEnd): void {
    this.sender.forget(stream);
    this.streams.close(stream, end);
  }

  /** The peer broke a rule that costs the stream. */
  failStream(stream: Stream, code: ErrorCode, reason: string): void {
    const { receiver } = stream;
    this.refuseStream(stream.id, code, reason);
    this.closeStream(stream, "reset-by-us");
    receiver?.onReset(code);
    this.countReset();
  }

  /** Resets a stream that is not open here. */
  refuseStream(streamId: number, code: ErrorCode, reason: string): void {
    this.writer.rstStream(streamId, code);
    this.#hooks.onPeerError?.({ code, message: `stream ${streamId}: ${reason}`, streamId });
  }

  /** The connection is gone: whoever waits for a stream is told, also when another one fails at it. */
  closeAllStreams(code: ErrorCode): void {
    for (const stream of this.streams.values()) {
      const { receiver } = stream;
      this.closeStream(stream, "reset-by-us");
      try {
        receiver?.onReset(code);
      } catch (error) {
        this.#hooks.onFault?.(error);
      }
    }
  }

  /** Data came that frames may go with. */
  earnFrames(count: number): void {
    this.#budget.earn(count);
  }

  /** A frame that brings no work on. @throws LimitExceeded when it is one too many. */
  spendFrame(name: LimitName): void {
    if (!this.#budget.spend()) throw new LimitExceeded(name, "too many frames came that ask for nothing");
  }
}

/** An honest peer sends a few frames beside each request: WINDOW_UPDATEs, a PING to measure the way, a reset. */
const framesPerStream = 20;
