import { ErrorCode } from "../frame/error-code.js";
import type { HeaderField } from "../hpack/header-field.js";
import type { Backlog } from "./backlog.js";
import { ReceiveWindow, SendWindow } from "./flow-window.js";
import type { BodyReceiver, ServerStream } from "./stream-handler.js";

/** What a stream asks of its connection. */
export interface StreamOwner {
  sendHeaders(stream: Stream, fields: readonly HeaderField[], isEnd: boolean): void;
  sendData(stream: Stream, bytes: Uint8Array, isEnd: boolean): void;
  sendTrailers(stream: Stream, fields: readonly HeaderField[]): void;
  resetStream(stream: Stream, code: ErrorCode): void;
  resumeBody(stream: Stream): void;
  /** A method of the stream is done: what it wrote may leave. */
  onWritten(): void;
}

/** What the next stream starts with. */
export interface StreamDefaults {
  readonly sendWindowSize: number;
  readonly receiveWindowSize: number;
  readonly bodyTimeoutMs: number;
}

/** One stream: a plain record that its connection works on, with the methods a handler sees. */
export class Stream implements ServerStream {
  readonly id: number;
  readonly sendWindow: SendWindow;
  readonly receiveWindow: ReceiveWindow;
  readonly #owner: StreamOwner;
  bodyTimeoutMs: number;

  receiver: BodyReceiver | undefined;
  backlog: Backlog | undefined;
  /** The length its headers declared, and the bytes that came; padding does not count. */
  declaredLength: number | undefined;
  receivedLength = 0;
  /** The peer has sent END_STREAM. */
  isRemoteEnded = false;
  /** We have sent END_STREAM; before that it may wait behind data. */
  isLocalEnded = false;
  /** The connection knows it no more. */
  isGone = false;
  isPaused = false;
  /** Bytes that came while it was paused, for which the peer has no credit yet. */
  pausedLength = 0;
  /** When a sweep first saw it, in ms of the clock. */
  seenAt: number | undefined;
  /** The handler has given the end of what it sends. */
  #isAnswered = false;

  constructor(id: number, owner: StreamOwner, defaults: StreamDefaults) {
    this.id = id;
    this.#owner = owner;
    this.sendWindow = new SendWindow(defaults.sendWindowSize);
    this.receiveWindow = new ReceiveWindow(defaults.receiveWindowSize);
    this.bodyTimeoutMs = defaults.bodyTimeoutMs;
  }

  get isClosed(): boolean {
    return this.#isAnswered || this.isGone;
  }

  sendHeaders(fields: readonly HeaderField[], isEnd = false): void {
    if (this.isClosed) return;
    this.#owner.sendHeaders(this, fields, isEnd);
    if (isEnd) this.#endAnswer();
    this.#owner.onWritten();
  }

  sendData(bytes: Uint8Array, isEnd = false): boolean {
    if (this.isClosed) return true;
    if (isEnd) this.#endAnswer();
    this.#owner.sendData(this, bytes, isEnd);
    this.#owner.onWritten();
    return this.backlog === undefined;
  }

  sendTrailers(fields: readonly HeaderField[]): void {
    if (this.isClosed) return;
    this.#owner.sendTrailers(this, fields);
    this.#endAnswer();
    this.#owner.onWritten();
  }

  respond(headers: readonly HeaderField[], body: Uint8Array, trailers: readonly HeaderField[]): void {
    if (this.isClosed) return;
    this.#owner.sendHeaders(this, headers, false);
    this.#endAnswer();
    this.#owner.sendData(this, body, false);
    this.#respondTrailers(trailers);
    this.#owner.onWritten();
  }

  reset(code: ErrorCode): void {
    if (this.isGone) return;
    this.#endAnswer();
    this.#owner.resetStream(this, code);
    this.#owner.onWritten();
  }

  pauseBody(): void {
    this.isPaused = true;
  }

  resumeBody(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.isGone) return;
    this.#owner.resumeBody(this);
    this.#owner.onWritten();
  }

  /** Nothing can follow when they fail, as the beginning of the answer is on its way. */
  #respondTrailers(fields: readonly HeaderField[]): void {
    try {
      this.#owner.sendTrailers(this, fields);
    } catch (error) {
      this.reset(ErrorCode.internalError);
      throw error;
    }
  }

  #endAnswer(): void {
    this.#isAnswered = true;
    this.receiver = undefined;
  }
}
