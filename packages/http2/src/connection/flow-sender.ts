import type { FrameWriter } from "../frame/frame-writer.js";
import type { HeaderField } from "../hpack/header-field.js";
import type { FrameBudget } from "../limits/frame-budget.js";
import { Backlog } from "./backlog.js";
import { initialWindowSize, SendWindow } from "./flow-window.js";
import type { Stream } from "./stream.js";

/** What becomes of a stream as its data leaves. */
export interface FlowSenderHost {
  sendHeaders(stream: Stream, fields: readonly HeaderField[], isEnd: boolean): void;
  /** The data before them has left. */
  sendDeferredTrailers(stream: Stream, fields: readonly HeaderField[]): void;
  /** END_STREAM is written. */
  onLocalEnd(stream: Stream): void;
  /** Its data has left and more may follow. */
  onDrain(stream: Stream): void;
}

export interface FlowSenderOptions {
  readonly host: FlowSenderHost;
  readonly writer: FrameWriter;
  readonly budget: FrameBudget;
  /** Bytes on their way above which data waits. */
  readonly socketBufferSize: number;
}

/**
 * Sends data as far as the windows of stream and connection and the socket allow; what has to wait leaves frame by frame,
 * the streams taking turns. Source: RFC 9113 §5.2.
 */
export class FlowSender {
  readonly #host: FlowSenderHost;
  readonly #writer: FrameWriter;
  readonly #budget: FrameBudget;
  readonly #socketBufferSize: number;
  /** The window of the connection. */
  readonly window: SendWindow = new SendWindow(initialWindowSize);
  /** Streams with a backlog that their own window lets go, in the order of their turns. */
  readonly #ready = new Set<Stream>();
  /** Bytes of data written so far. */
  sentBytes = 0;
  #unsentBytes = 0;
  #unwrittenBytes = 0;

  constructor(options: FlowSenderOptions) {
    this.#host = options.host;
    this.#writer = options.writer;
    this.#budget = options.budget;
    this.#socketBufferSize = options.socketBufferSize;
  }

  /** Bytes in backlogs. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  send(stream: Stream, bytes: Uint8Array, isEnd: boolean): void {
    if (stream.backlog === undefined && bytes.length <= this.#room(stream)) {
      this.#write(stream, bytes, isEnd);
      return;
    }
    stream.backlog ??= new Backlog();
    stream.backlog.push(bytes);
    stream.backlog.isEnd = isEnd;
    this.#unsentBytes += bytes.length;
    this.resume(stream);
  }

  sendTrailers(stream: Stream, fields: readonly HeaderField[]): void {
    if (stream.backlog === undefined) this.#host.sendHeaders(stream, fields, true);
    else stream.backlog.trailers = fields;
  }

  /** The window of `stream` may have grown. */
  resume(stream: Stream): void {
    if (stream.backlog === undefined || stream.sendWindow.available <= 0) return;
    this.#ready.add(stream);
    this.pump();
  }

  /** The socket holds so many bytes that are not written yet. */
  setUnwrittenBytes(bytes: number): void {
    this.#unwrittenBytes = bytes;
    this.pump();
  }

  /** Sends what may be sent. */
  pump(): void {
    while (this.#ready.size > 0 && this.window.available > 0 && !this.#isSocketFull()) {
      const [stream] = this.#ready;
      if (!stream) return;
      this.#ready.delete(stream);
      this.#sendNext(stream);
    }
  }

  /** The stream is closed: what it had to send is not sent. */
  forget(stream: Stream): void {
    if (stream.backlog === undefined) return;
    this.#unsentBytes -= stream.backlog.length;
    stream.backlog = undefined;
    this.#ready.delete(stream);
  }

  /** One frame of a backlog; the stream goes to the end of the line for the next. */
  #sendNext(stream: Stream): void {
    const { backlog } = stream;
    // SETTINGS may have taken its window back while it stood in line.
    if (backlog === undefined || stream.sendWindow.available <= 0) return;
    const bytes = backlog.take(this.#room(stream));
    this.#unsentBytes -= bytes.length;
    if (backlog.length > 0) {
      this.#write(stream, bytes, false);
      if (stream.sendWindow.available > 0) this.#ready.add(stream);
      return;
    }
    stream.backlog = undefined;
    this.#write(stream, bytes, backlog.isEnd);
    if (backlog.trailers) this.#host.sendDeferredTrailers(stream, backlog.trailers);
    else if (!backlog.isEnd) this.#host.onDrain(stream);
  }

  #write(stream: Stream, bytes: Uint8Array, isEnd: boolean): void {
    this.#writer.data(stream.id, bytes, isEnd);
    stream.sendWindow.take(bytes.length);
    this.window.take(bytes.length);
    this.sentBytes += bytes.length;
    this.#budget.earn(bytes.length >>> 10);
    if (isEnd) this.#host.onLocalEnd(stream);
  }

  /** The most that a frame of the stream may hold now. */
  #room(stream: Stream): number {
    if (this.#isSocketFull()) return 0;
    const window = Math.min(this.window.available, stream.sendWindow.available);
    return Math.max(Math.min(window, this.#writer.maxFrameSize), 0);
  }

  #isSocketFull(): boolean {
    return this.#unwrittenBytes + this.#writer.length >= this.#socketBufferSize;
  }
}
