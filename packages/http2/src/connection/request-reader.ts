import { ConnectionError } from "../frame/connection-error.js";
import { ErrorCode } from "../frame/error-code.js";
import type { HeaderField } from "../hpack/header-field.js";
import type { DecodedHeaders } from "../hpack/header-list.js";
import type { Http2Limits } from "../limits/http2-limits.js";
import type { Connection } from "./connection.js";
import { HeadCheck } from "./head-check.js";
import { requestFault, trailersFault } from "./header-rules.js";
import { Stream } from "./stream.js";
import type { StreamHandler } from "./stream-handler.js";

/** The answer to a request with more header than we read. Source: RFC 6585 §5. */
const oversizedAnswer: readonly HeaderField[] = [{ name: ":status", value: "431" }];

/** Makes streams of the header blocks of a client: new requests are checked and given to the handler. */
export class RequestReader {
  readonly #connection: Connection;
  readonly #handler: StreamHandler;
  readonly #limits: Http2Limits;
  /** The highest stream id seen, and the highest that was given to the handler. */
  #lastId = 0;
  #lastTakenId = 0;
  #hasOpened = false;
  /** New requests are refused: the peer was told so, or will be. */
  isRefusing = false;
  /** Requests that came so far; refused ones are among them. */
  requestCount = 0;
  readonly #heads = new HeadCheck(requestFault);

  constructor(connection: Connection, handler: StreamHandler, limits: Http2Limits) {
    this.#connection = connection;
    this.#handler = handler;
    this.#limits = limits;
  }

  get lastTakenId(): number {
    return this.#lastTakenId;
  }

  /** Whether a request came since the last call. */
  takeHasOpened(): boolean {
    const hasOpened = this.#hasOpened;
    this.#hasOpened = false;
    return hasOpened;
  }

  /** Streams of even ids would be ours, and we open none. */
  isIdle(streamId: number): boolean {
    return streamId > this.#lastId || streamId % 2 === 0;
  }

  onHeaders(streamId: number, headers: DecodedHeaders, isEnd: boolean): void {
    const stream = this.#connection.streams.get(streamId);
    if (stream) this.#onTrailers(stream, headers, isEnd);
    else if (streamId > this.#lastId) this.#onRequest(streamId, headers, isEnd);
    else this.#onLateHeaders(streamId);
  }

  #onTrailers(stream: Stream, headers: DecodedHeaders, isEnd: boolean): void {
    const connection = this.#connection;
    if (stream.isRemoteEnded) {
      connection.failStream(stream, ErrorCode.streamClosed, "HEADERS came behind its end");
    } else if (!isEnd) {
      connection.failStream(stream, ErrorCode.protocolError, "HEADERS amid its body do not end it");
    } else if (headers.isTooLarge) {
      connection.countLimit("header_list");
      connection.failStream(stream, ErrorCode.enhanceYourCalm, "its trailers are too large");
    } else {
      const fault = trailersFault(headers.fields);
      if (fault) connection.failStream(stream, ErrorCode.protocolError, fault);
      else connection.endRemote(stream);
    }
  }

  /** Trailers that crossed with our reset are thrown away; other headers have no excuse. */
  #onLateHeaders(streamId: number): void {
    const connection = this.#connection;
    switch (connection.streams.endOf(streamId)) {
      case "reset-by-us":
        connection.spendFrame("late_frame_flood");
        return;
      case "reset-by-peer":
        connection.refuseStream(
          streamId,
          ErrorCode.streamClosed,
          "HEADERS came on a stream its sender reset",
        );
        connection.countReset();
        return;
      case "ended":
        throw new ConnectionError(
          ErrorCode.streamClosed,
          `HEADERS came on stream ${streamId}, which is closed`,
        );
      default:
        throw new ConnectionError(ErrorCode.protocolError, `stream ${streamId} is opened out of order`);
    }
  }

  #onRequest(streamId: number, headers: DecodedHeaders, isEnd: boolean): void {
    if (streamId % 2 === 0) {
      throw new ConnectionError(ErrorCode.protocolError, `a client cannot open stream ${streamId}`);
    }
    this.#lastId = streamId;
    this.requestCount++;
    this.#connection.countOpened();
    if (this.isRefusing) this.#refuseLate(streamId);
    else if (this.#connection.streams.size >= this.#limits.maxConcurrentStreams)
      this.#refuseOneMore(streamId);
    else this.#check(streamId, headers, isEnd);
  }

  /** The peer was told which request is the last, in general a round trip after it was asked to send no more. */
  #refuseLate(streamId: number): void {
    this.#refuse(streamId, ErrorCode.refusedStream, "the connection is going away");
    this.#connection.countReset();
  }

  /** Until our SETTINGS are acknowledged the peer cannot know how many streams it may open. */
  #refuseOneMore(streamId: number): void {
    this.#connection.countLimit("concurrent_streams");
    this.#refuse(streamId, ErrorCode.refusedStream, "too many streams are open");
    if (this.#connection.isAcknowledged) this.#connection.countReset();
  }

  #check(streamId: number, headers: DecodedHeaders, isEnd: boolean): void {
    if (headers.isTooLarge) {
      this.#connection.countLimit("header_list");
      this.#answerOversized(this.#open(streamId, isEnd));
      return;
    }
    const fault = this.#heads.faultOf(headers.fields) ?? this.#bodyFault(isEnd);
    if (fault) {
      this.#refuse(streamId, ErrorCode.protocolError, fault);
      this.#connection.countReset();
    } else {
      this.#take(this.#open(streamId, isEnd), headers.fields);
    }
  }

  #bodyFault(isEnd: boolean): string | undefined {
    return isEnd && this.#heads.declaredLength ? "its body is shorter than content-length" : undefined;
  }

  #open(streamId: number, isEnd: boolean): Stream {
    this.#lastTakenId = streamId;
    this.#hasOpened = true;
    const stream = new Stream(streamId, this.#connection, this.#connection.streamDefaults);
    stream.isRemoteEnded = isEnd;
    this.#connection.streams.open(stream);
    return stream;
  }

  #take(stream: Stream, fields: readonly HeaderField[]): void {
    stream.declaredLength = this.#heads.declaredLength;
    const receiver = this.#handler.onHeaders(stream, fields);
    if (stream.isClosed) return;
    stream.receiver = receiver;
    if (stream.isRemoteEnded) receiver?.onEnd();
  }

  #answerOversized(stream: Stream): void {
    if (this.#handler.onOversizedHeaders) this.#handler.onOversizedHeaders(stream);
    else stream.sendHeaders(oversizedAnswer, true);
  }

  #refuse(streamId: number, code: ErrorCode, reason: string): void {
    this.#connection.refuseStream(streamId, code, reason);
    this.#connection.streams.remember(streamId, "reset-by-us");
  }
}
