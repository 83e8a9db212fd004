import type { ErrorCode } from "../frame/error-code.js";
import type { HeaderField } from "../hpack/header-field.js";

/** Answers requests. What it throws ends the connection with INTERNAL_ERROR. */
export interface StreamHandler {
  /**
   * A request whose headers are well-formed. `fields` is the same array for the same header block, so what is worked
   * out of it can be remembered by its identity. The handler may answer at once, later, or before the body is there.
   * Without a receiver the body is thrown away.
   */
  onHeaders(stream: ServerStream, fields: readonly HeaderField[]): BodyReceiver | undefined;
  /** A request with more header than the limits allow; without this method it is answered with `:status` 431. */
  onOversizedHeaders?(stream: ServerStream): void;
}

/**
 * Takes what comes on one stream. Nothing is called any more once the handler has sent the end of its answer or has
 * reset the stream.
 */
export interface BodyReceiver {
  /** Bytes of the body, never none; they are valid only during the call. */
  onData(piece: Uint8Array): void;
  /** The body is whole. Called once, also for requests without a body. Trailers are checked and dropped. */
  onEnd(): void;
  /** The stream ended by the peer, by an error or with its connection: no answer can be sent any more. */
  onReset(code: number): void;
  /** All bytes are on their way after a `sendData` gave false. */
  onDrain?(): void;
}

/**
 * The answering side of one request. On a closed stream every method does nothing: the peer may go at any time. Header
 * names are lower case; a field that cannot be encoded throws, before anything is sent of its list.
 */
export interface ServerStream {
  readonly id: number;
  /** Nothing can be sent any more: the answer is complete, or the stream is reset, or its connection is gone. */
  readonly isClosed: boolean;
  /** Time from the headers to the end of the body, in ms; Infinity for a peer that may talk as long as it likes. */
  bodyTimeoutMs: number;
  /** With `isEnd` this is the whole answer; what the peer still sends of its body is refused then. */
  sendHeaders(fields: readonly HeaderField[], isEnd?: boolean): void;
  /**
   * Sends a part of the body. The bytes belong to the stream from here on: large ones are not copied. Gives false when
   * some of them have to wait for the peer; `onDrain` tells when they do no more.
   */
  sendData(bytes: Uint8Array, isEnd?: boolean): boolean;
  /** Ends the answer, behind all data. */
  sendTrailers(fields: readonly HeaderField[]): void;
  /** Headers, body and trailers of an answer in one go. */
  respond(headers: readonly HeaderField[], body: Uint8Array, trailers: readonly HeaderField[]): void;
  reset(code: ErrorCode): void;
  /** The peer may send no more than its window from now on, until `resumeBody`. */
  pauseBody(): void;
  resumeBody(): void;
}
