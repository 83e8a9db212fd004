import { ConnectionError } from "../frame/connection-error.js";
import { ErrorCode } from "../frame/error-code.js";
import type { FrameWriter } from "../frame/frame-writer.js";
import { initialWindowSize, ReceiveWindow } from "./flow-window.js";
import type { Stream } from "./stream.js";

export interface DataReceiverHost {
  /** The open stream that DATA may come on; undefined when its bytes are to be thrown away. */
  streamForData(streamId: number): Stream | undefined;
  /** The peer broke a rule on an open stream. */
  failStream(stream: Stream, code: ErrorCode, reason: string): void;
  endRemote(stream: Stream): void;
  /** A DATA frame brought so many bytes, padding not counted. */
  onData(size: number, isEnd: boolean): void;
}

/**
 * Takes in DATA and gives the peer credit for it: of the connection as soon as the bytes are read, of the stream when
 * its receiver took them and is not paused. Source: RFC 9113 §6.1 and §6.9.
 */
export class DataReceiver {
  readonly #host: DataReceiverHost;
  readonly #writer: FrameWriter;
  readonly #window: ReceiveWindow;

  /** The current frame. */
  #stream: Stream | undefined;
  #length = 0;
  #isEnd = false;
  /** Bytes of it that came, without padding. */
  #size = 0;

  /** Announces the window of the connection when it is larger than all peers expect. */
  constructor(host: DataReceiverHost, writer: FrameWriter, windowSize: number) {
    this.#host = host;
    this.#writer = writer;
    this.#window = new ReceiveWindow(windowSize);
    if (windowSize > initialWindowSize) writer.windowUpdate(0, windowSize - initialWindowSize);
  }

  start(streamId: number, length: number, isEnd: boolean): void {
    if (!this.#window.accept(length)) {
      throw new ConnectionError(ErrorCode.flowControlError, "DATA came beyond the window of the connection");
    }
    this.#length = length;
    this.#isEnd = isEnd;
    this.#size = 0;
    this.#stream = this.#host.streamForData(streamId);
    if (this.#stream?.receiveWindow.accept(length) === false) {
      this.#host.failStream(this.#stream, ErrorCode.flowControlError, "DATA came beyond its window");
    }
  }

  add(piece: Uint8Array): void {
    this.#size += piece.length;
    const stream = this.#stream;
    if (stream === undefined || stream.isGone) return;
    stream.receivedLength += piece.length;
    if (stream.declaredLength !== undefined && stream.receivedLength > stream.declaredLength) {
      this.#host.failStream(stream, ErrorCode.protocolError, "its body is longer than content-length");
    } else {
      stream.receiver?.onData(piece);
    }
  }

  end(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    this.#host.onData(this.#size, this.#isEnd);
    this.#announce(0, this.#window.release(this.#length));
    if (stream === undefined || stream.isGone) return;
    if (this.#isEnd) this.#host.endRemote(stream);
    else this.#release(stream, this.#length);
  }

  /** The receiver of a paused stream takes bytes again. */
  resume(stream: Stream): void {
    const { pausedLength } = stream;
    stream.pausedLength = 0;
    if (!stream.isRemoteEnded) this.#release(stream, pausedLength);
  }

  #release(stream: Stream, length: number): void {
    if (stream.isPaused) stream.pausedLength += length;
    else this.#announce(stream.id, stream.receiveWindow.release(length));
  }

  #announce(streamId: number, increment: number): void {
    if (increment > 0) this.#writer.windowUpdate(streamId, increment);
  }
}
