import { ConnectionError } from "../frame/connection-error.js";
import { ErrorCode } from "../frame/error-code.js";
import type { FrameVisitor } from "../frame/frame-visitor.js";
import type { DecodedHeaders } from "../hpack/header-list.js";
import { HpackDecoder } from "../hpack/hpack-decoder.js";
import { HpackError } from "../hpack/hpack-error.js";
import type { Http2Limits } from "../limits/http2-limits.js";
import type { Connection } from "./connection.js";
import { DataReceiver, type DataReceiverHost } from "./data-receiver.js";
import { initialSettings, readSettings, type Settings } from "./settings.js";
import type { Stream } from "./stream.js";

/** What differs between the two ends of a connection. */
export interface ConnectionRole {
  /** Whether no stream of this id was opened yet: no frame but HEADERS may come on it. */
  isIdle(streamId: number): boolean;
  onHeaders(streamId: number, headers: DecodedHeaders, isEnd: boolean): void;
  /** We have sent END_STREAM while the peer may still send. */
  onEndedFirst(stream: Stream): void;
  /** A PING of ours was answered. */
  onPong(payload: Uint8Array): void;
  onGoaway(lastStreamId: number, code: number): void;
  /** The peer has reset a stream that was open. */
  onPeerReset(): void;
}

/** What a connection does with the frames of its peer, in the order they come. Source: RFC 9113 §5.1 and §6. */
export class PeerFrames implements FrameVisitor, DataReceiverHost {
  readonly #connection: Connection;
  readonly #role: ConnectionRole;
  readonly #decoder: HpackDecoder;
  readonly #data: DataReceiver;
  /** What the peer said of itself. */
  #settings: Settings = initialSettings;
  #hasSettings = false;
  readonly #minDataFrameSize: number;
  /** Bytes of data that have earned no frame yet. */
  #unearned = 0;
  #isAcknowledged = false;

  constructor(connection: Connection, role: ConnectionRole, limits: Http2Limits) {
    this.#connection = connection;
    this.#role = role;
    this.#minDataFrameSize = limits.minDataFrameSize;
    this.#decoder = new HpackDecoder({
      maxListSize: limits.maxHeaderListSize,
      maxFields: limits.maxHeaderFields,
    });
    this.#data = new DataReceiver(this, connection.writer, limits.connectionWindowSize);
  }

  /** The peer has taken note of our SETTINGS. */
  get isAcknowledged(): boolean {
    return this.#isAcknowledged;
  }

  /** SETTINGS have been exchanged both ways. */
  get isSettled(): boolean {
    return this.#hasSettings && this.#isAcknowledged;
  }

  /** The receiver of a stream that was paused takes bytes again. */
  resumeBody(stream: Stream): void {
    this.#data.resume(stream);
  }

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
    const connection = this.#connection;
    const stream = connection.streams.get(streamId);
    if (stream === undefined) {
      this.#checkNotIdle(streamId, "DATA");
      this.#onLateData(streamId);
      return undefined;
    }
    if (!stream.isRemoteEnded) return stream;
    connection.failStream(stream, ErrorCode.streamClosed, "DATA came behind its end");
    return undefined;
  }

  /** Data that crossed with our reset is thrown away; other data has no excuse. */
  #onLateData(streamId: number): void {
    const connection = this.#connection;
    if (connection.streams.endOf(streamId) === "reset-by-us") return;
    connection.refuseStream(streamId, ErrorCode.streamClosed, "DATA came on a closed stream");
    connection.countReset();
  }

  failStream(stream: Stream, code: ErrorCode, reason: string): void {
    this.#connection.failStream(stream, code, reason);
  }

  endRemote(stream: Stream): void {
    this.#connection.endRemote(stream);
  }

  onData(size: number, isEnd: boolean): void {
    const connection = this.#connection;
    this.#unearned += size;
    if (this.#unearned >= 1024) {
      connection.earnFrames(this.#unearned >>> 10);
      this.#unearned &= 1023;
    }
    if (isEnd) return;
    if (size === 0) connection.spendFrame("empty_data_flood");
    else if (size < this.#minDataFrameSize) connection.spendFrame("small_data_flood");
  }

  onHeaders(streamId: number, block: Uint8Array, isEnd: boolean): void {
    this.#role.onHeaders(streamId, this.#decode(block), isEnd);
  }

  /** Every block is decoded, also those of streams that are refused: the tables must stay in step. */
  #decode(block: Uint8Array): DecodedHeaders {
    try {
      return this.#decoder.decode(block);
    } catch (error) {
      if (!(error instanceof HpackError)) throw error;
      throw new ConnectionError(ErrorCode.compressionError, error.message);
    }
  }

  onPriority(): void {
    this.#connection.spendFrame("priority_flood");
  }

  onRstStream(streamId: number, code: number): void {
    const connection = this.#connection;
    this.#checkNotIdle(streamId, "RST_STREAM");
    const stream = connection.streams.get(streamId);
    if (stream === undefined) {
      connection.spendFrame("late_frame_flood");
      return;
    }
    const { receiver } = stream;
    connection.closeStream(stream, "reset-by-peer");
    receiver?.onReset(code);
    this.#role.onPeerReset();
  }

  onSettings(payload: Uint8Array): void {
    const connection = this.#connection;
    connection.spendFrame("settings_flood");
    const settings = readSettings(this.#settings, payload);
    const growth = settings.initialWindowSize - this.#settings.initialWindowSize;
    this.#settings = settings;
    this.#hasSettings = true;
    connection.applySettings(settings);
    if (growth !== 0) this.#widenStreams(growth);
    connection.writer.settingsAck();
  }

  #widenStreams(growth: number): void {
    for (const stream of this.#connection.streams.values()) {
      if (!stream.sendWindow.widen(growth)) {
        const message = `SETTINGS_INITIAL_WINDOW_SIZE makes the window of stream ${stream.id} too large`;
        throw new ConnectionError(ErrorCode.flowControlError, message);
      }
      this.#connection.sender.resume(stream);
    }
  }

  onSettingsAck(): void {
    this.#connection.spendFrame("settings_flood");
    this.#isAcknowledged = true;
  }

  onPing(payload: Uint8Array, isAck: boolean): void {
    this.#connection.spendFrame("ping_flood");
    if (isAck) this.#role.onPong(payload);
    else this.#connection.writer.ping(payload, true);
  }

  onGoaway(lastStreamId: number, code: number): void {
    this.#connection.spendFrame("settings_flood");
    this.#role.onGoaway(lastStreamId, code);
  }

  onWindowUpdate(streamId: number, increment: number): void {
    this.#connection.spendFrame("window_update_flood");
    if (streamId === 0) this.#widenConnection(increment);
    else this.#widenStream(streamId, increment);
  }

  #widenConnection(increment: number): void {
    const { sender } = this.#connection;
    if (increment === 0) {
      throw new ConnectionError(ErrorCode.protocolError, "WINDOW_UPDATE of the connection came with 0");
    }
    if (!sender.window.widen(increment)) {
      throw new ConnectionError(ErrorCode.flowControlError, "the window of the connection is too large");
    }
    sender.pump();
  }

  #widenStream(streamId: number, increment: number): void {
    const connection = this.#connection;
    this.#checkNotIdle(streamId, "WINDOW_UPDATE");
    const stream = connection.streams.get(streamId);
    if (stream === undefined) return;
    if (increment === 0) {
      connection.failStream(stream, ErrorCode.protocolError, "WINDOW_UPDATE came with 0");
    } else if (!stream.sendWindow.widen(increment)) {
      connection.failStream(stream, ErrorCode.flowControlError, "its window is too large");
    } else {
      connection.sender.resume(stream);
    }
  }

  onUnknown(): void {
    this.#connection.spendFrame("unknown_frame_flood");
  }

  #checkNotIdle(streamId: number, frame: string): void {
    if (!this.#role.isIdle(streamId)) return;
    throw new ConnectionError(ErrorCode.protocolError, `${frame} came on stream ${streamId}, which is idle`);
  }
}
