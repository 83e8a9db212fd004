import { ConnectionError } from "../frame/connection-error.js";
import { ErrorCode } from "../frame/error-code.js";
import { FrameReader } from "../frame/frame-reader.js";
import type { FrameVisitor } from "../frame/frame-visitor.js";
import { FrameWriter } from "../frame/frame-writer.js";
import type { HeaderField } from "../hpack/header-field.js";
import type { DecodedHeaders } from "../hpack/header-list.js";
import { HpackDecoder } from "../hpack/hpack-decoder.js";
import { HpackEncoder } from "../hpack/hpack-encoder.js";
import { HpackError } from "../hpack/hpack-error.js";
import { FrameBudget } from "../limits/frame-budget.js";
import type { Http2Limits, LimitName } from "../limits/http2-limits.js";
import { ResetLimit } from "../limits/reset-limit.js";
import type { ConnectionHooks } from "./connection-hooks.js";
import { DataReceiver, type DataReceiverHost } from "./data-receiver.js";
import { FlowSender, type FlowSenderHost } from "./flow-sender.js";
import { initialSettings, readSettings, SettingId, type Settings } from "./settings.js";
import type { Stream, StreamDefaults, StreamOwner } from "./stream.js";
import { type StreamEnd, StreamTable } from "./stream-table.js";

/** What differs between the two ends of a connection. */
export interface ConnectionRole {
  /** Whether no stream of this id was opened yet: no frame but HEADERS may come on it. */
  isIdle(streamId: number): boolean;
  onHeaders(streamId: number, headers: DecodedHeaders, isEnd: boolean): void;
  /** We have sent END_STREAM while the peer may still send. */
  onEndedFirst(stream: Stream): void;
  /** A PING of ours was answered. */
  onPong(payload: Uint8Array): void;
  onGoaway(lastStreamId: number): void;
}

export interface ConnectionOptions {
  readonly role: ConnectionRole;
  readonly limits: Http2Limits;
  readonly hooks: ConnectionHooks;
  /** What our SETTINGS say beside sizes. */
  readonly settings: readonly (readonly [id: number, value: number])[];
  /** The time in ms, by the clock that the sweeps follow. */
  readonly now: number;
}

/**
 * The part of a connection that is the same at both ends: settings, pings, windows, data, resets, floods. It works on
 * bytes and knows no socket and no time but that of `sweep`.
 */
export class Connection implements FrameVisitor, StreamOwner, FlowSenderHost, DataReceiverHost {
  readonly writer: FrameWriter = new FrameWriter();
  readonly streams: StreamTable = new StreamTable();
  readonly #role: ConnectionRole;
  readonly #limits: Http2Limits;
  readonly #hooks: ConnectionHooks;
  readonly #reader: FrameReader;
  readonly #decoder: HpackDecoder;
  readonly #encoder = new HpackEncoder();
  readonly #sender: FlowSender;
  readonly #data: DataReceiver;
  readonly #budget: FrameBudget;
  readonly #resets: ResetLimit;
  /** What the peer said of itself. */
  #settings: Settings = initialSettings;
  /** What a new stream starts with, by the settings of both ends. */
  streamDefaults: StreamDefaults;
  #sweptAt: number;
  /** What had been sent at the last sweep. */
  #sentBytesBefore = 0;

  /** SETTINGS of the peer have come, and it has taken note of ours. */
  hasSettings = false;
  isAcknowledged = false;

  constructor(options: ConnectionOptions) {
    const { limits, now } = options;
    this.#role = options.role;
    this.#limits = limits;
    this.#hooks = options.hooks;
    this.#sweptAt = now;
    this.streamDefaults = {
      sendWindowSize: initialSettings.initialWindowSize,
      receiveWindowSize: limits.streamWindowSize,
      bodyTimeoutMs: limits.bodyTimeoutMs,
    };
    this.#reader = new FrameReader(this, limits);
    this.#decoder = new HpackDecoder({
      maxListSize: limits.maxHeaderListSize,
      maxFields: limits.maxHeaderFields,
    });
    this.#budget = new FrameBudget(limits.maxIdleFrames);
    this.#resets = new ResetLimit({ max: limits.maxResets, windowMs: limits.resetWindowMs, now });
    const { socketBufferSize } = limits;
    this.#sender = new FlowSender({
      host: this,
      writer: this.writer,
      budget: this.#budget,
      socketBufferSize,
    });
    this.writer.settings([
      ...options.settings,
      [SettingId.initialWindowSize, limits.streamWindowSize],
      [SettingId.maxFrameSize, limits.maxFrameSize],
      [SettingId.maxHeaderListSize, limits.maxHeaderListSize],
    ]);
    this.#data = new DataReceiver(this, this.writer, limits.connectionWindowSize);
  }

  /** @throws ConnectionError when the peer broke a rule, and whatever a handler throws. */
  read(chunk: Uint8Array): void {
    this.#reader.read(chunk);
  }

  /** Nothing is read any more. */
  stop(): void {
    this.#reader.stop();
  }

  setUnwrittenBytes(bytes: number): void {
    this.#sender.setUnwrittenBytes(bytes);
  }

  countLimit(name: LimitName): void {
    this.#hooks.onLimit?.(name);
  }

  /** A request came: it pays for the frames that go with requests. */
  countOpened(): void {
    this.#resets.countOpened();
    this.#budget.earn(framesPerStream);
  }

  /** @throws ConnectionError enhanceYourCalm when it is one too many. */
  countReset(): void {
    if (!this.#resets.countReset()) this.#exceed("resets", "too many streams were reset");
  }

  /** Looks after time: to be called about once a second, with the ms of the clock. */
  sweep(now: number): void {
    this.#budget.earn(Math.floor(((now - this.#sweptAt) * this.#limits.idleFramesPerSecond) / 1000));
    this.#sweptAt = now;
    this.#resets.sweep(now);
    for (const stream of this.streams.values()) this.#sweepStream(stream, now);
    this.#checkUnsent();
    this.writer.trim();
  }

  /** A peer that leaves much unread is borne with as long as it reads at all. */
  #checkUnsent(): void {
    const { sentBytes, unsentBytes } = this.#sender;
    if (unsentBytes > this.#limits.maxUnsentBytes && sentBytes === this.#sentBytesBefore) {
      this.#exceed("unsent_bytes", "too many bytes of answers are not read");
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
    if (!stream.isRemoteEnded && now - stream.seenAt > stream.bodyTimeoutMs) {
      this.countLimit("body_timeout");
      this.failStream(stream, ErrorCode.cancel, `its body took longer than ${stream.bodyTimeoutMs} ms`);
    } else if (backlog && now - backlog.movedAt > this.#limits.responseTimeoutMs) {
      this.countLimit("response_timeout");
      this.failStream(stream, ErrorCode.cancel, "its answer was not read");
    }
  }

  // Streams: what handlers do.

  sendHeaders(stream: Stream, fields: readonly HeaderField[], isEnd: boolean): void {
    this.writer.headers(stream.id, this.#encoder.encode(fields), isEnd);
    if (isEnd) this.onLocalEnd(stream);
  }

  sendData(stream: Stream, bytes: Uint8Array, isEnd: boolean): void {
    this.#sender.send(stream, bytes, isEnd);
  }

  sendTrailers(stream: Stream, fields: readonly HeaderField[]): void {
    this.#sender.sendTrailers(stream, fields);
  }

  sendTrailersNow(stream: Stream, fields: readonly HeaderField[]): void {
    this.sendHeaders(stream, fields, true);
  }

  resetStream(stream: Stream, code: ErrorCode): void {
    this.writer.rstStream(stream.id, code);
    this.closeStream(stream, "reset-by-us");
  }

  resumeBody(stream: Stream): void {
    this.#data.resume(stream);
  }

  onWritten(): void {
    this.#hooks.onOutput();
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
    this.#sender.forget(stream);
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

  /** The connection is gone: whoever waits for a stream is told. */
  closeAllStreams(code: ErrorCode): void {
    for (const stream of this.streams.values()) {
      const { receiver } = stream;
      this.closeStream(stream, "reset-by-us");
      receiver?.onReset(code);
    }
  }

  // Frames, as the reader finds them.

  onDataStart(streamId: number, length: number, isEnd: boolean): void {
    this.#data.start(streamId, length, isEnd);
  }

  onDataPiece(piece: Uint8Array): void {
    this.#data.add(piece);
  }

  onDataEnd(): void {
    this.#data.end();
  }

  streamForData(streamId: number): Stream | undefined {
    const stream = this.streams.get(streamId);
    if (stream?.isRemoteEnded) {
      this.failStream(stream, ErrorCode.streamClosed, "DATA came behind its end");
    } else if (stream === undefined) {
      this.#checkNotIdle(streamId, "DATA");
      this.#onLateData(streamId);
    }
    return stream;
  }

  /** Data that crossed with our reset is thrown away; other data has no excuse. */
  #onLateData(streamId: number): void {
    const end = this.streams.endOf(streamId);
    if (end === "reset-by-us") return;
    this.refuseStream(streamId, ErrorCode.streamClosed, "DATA came on a closed stream");
    this.streams.remember(streamId, "reset-by-us");
    this.countReset();
  }

  onEmptyData(): void {
    this.#spend("empty_data_flood");
  }

  onHeaders(streamId: number, block: Uint8Array, isEnd: boolean): void {
    this.#role.onHeaders(streamId, this.#decode(block), isEnd);
  }

  #decode(block: Uint8Array): DecodedHeaders {
    try {
      return this.#decoder.decode(block);
    } catch (error) {
      if (!(error instanceof HpackError)) throw error;
      throw new ConnectionError(ErrorCode.compressionError, error.message);
    }
  }

  onPriority(): void {
    this.#spend("priority_flood");
  }

  onRstStream(streamId: number, code: number): void {
    this.#checkNotIdle(streamId, "RST_STREAM");
    const stream = this.streams.get(streamId);
    if (stream === undefined) {
      this.#spend("resets");
      return;
    }
    const { receiver } = stream;
    this.closeStream(stream, "reset-by-peer");
    receiver?.onReset(code);
    this.countReset();
  }

  onSettings(payload: Uint8Array): void {
    this.#spend("settings_flood");
    const settings = readSettings(this.#settings, payload);
    const growth = settings.initialWindowSize - this.#settings.initialWindowSize;
    this.#settings = settings;
    this.streamDefaults = { ...this.streamDefaults, sendWindowSize: settings.initialWindowSize };
    this.hasSettings = true;
    this.writer.maxFrameSize = settings.maxFrameSize;
    this.#encoder.setMaxTableSize(settings.headerTableSize);
    this.writer.settingsAck();
    if (growth !== 0) this.#widenStreams(growth);
  }

  #widenStreams(growth: number): void {
    for (const stream of this.streams.values()) {
      if (!stream.sendWindow.widen(growth)) {
        const message = `SETTINGS_INITIAL_WINDOW_SIZE makes the window of stream ${stream.id} too large`;
        throw new ConnectionError(ErrorCode.flowControlError, message);
      }
      this.#sender.resume(stream);
    }
  }

  onSettingsAck(): void {
    this.#spend("settings_flood");
    this.isAcknowledged = true;
  }

  onPing(payload: Uint8Array, isAck: boolean): void {
    this.#spend("ping_flood");
    if (isAck) this.#role.onPong(payload);
    else this.writer.ping(payload, true);
  }

  onGoaway(lastStreamId: number): void {
    this.#spend("settings_flood");
    this.#role.onGoaway(lastStreamId);
  }

  onWindowUpdate(streamId: number, increment: number): void {
    this.#spend("window_update_flood");
    if (streamId === 0) this.#widenConnection(increment);
    else this.#widenStream(streamId, increment);
  }

  #widenConnection(increment: number): void {
    if (increment === 0) {
      throw new ConnectionError(ErrorCode.protocolError, "WINDOW_UPDATE of the connection came with 0");
    }
    if (!this.#sender.window.widen(increment)) {
      throw new ConnectionError(ErrorCode.flowControlError, "the window of the connection is too large");
    }
    this.#sender.pump();
  }

  #widenStream(streamId: number, increment: number): void {
    this.#checkNotIdle(streamId, "WINDOW_UPDATE");
    const stream = this.streams.get(streamId);
    if (stream === undefined) return;
    if (increment === 0) {
      this.failStream(stream, ErrorCode.protocolError, "WINDOW_UPDATE came with 0");
    } else if (!stream.sendWindow.widen(increment)) {
      this.failStream(stream, ErrorCode.flowControlError, "its window is too large");
    } else {
      this.#sender.resume(stream);
    }
  }

  onUnknown(): void {
    this.#spend("unknown_frame_flood");
  }

  #checkNotIdle(streamId: number, frame: string): void {
    if (!this.#role.isIdle(streamId)) return;
    throw new ConnectionError(ErrorCode.protocolError, `${frame} came on stream ${streamId}, which is idle`);
  }

  /** A frame that brings no work on. */
  #spend(name: LimitName): void {
    if (!this.#budget.spend()) this.#exceed(name, "too many frames came that ask for nothing");
  }

  #exceed(name: LimitName, message: string): never {
    this.countLimit(name);
    throw new ConnectionError(ErrorCode.enhanceYourCalm, message);
  }
}

/** An honest peer sends a few frames beside each request: WINDOW_UPDATEs, a PING to measure the way, a reset. */
const framesPerStream = 20;
