import type { ErrorCode } from "../frame/error-code.js";
import type { HeaderField } from "../hpack/header-field.js";

/** One request with its whole body. */
export interface ClientRequest {
  /**
   * Pseudo-headers first, names in lower case; that names and values are ones HTTP allows is the caller's business. The
   * same array costs nothing to encode again.
   */
  readonly fields: readonly HeaderField[];
  /** The pieces of the body, in order; none for a request without one. They are not copied: to be left alone until the end. */
  readonly body: readonly Uint8Array[];
  readonly receiver: ResponseReceiver;
}

/** What a caller holds of its request. */
export interface ClientStream {
  /** Takes the request back: the receiver is told nothing any more. Default CANCEL; does nothing after the end. */
  reset(code?: ErrorCode): void;
}

/**
 * Takes the answer to one request: `onHeaders`, any number of `onData`, `onEnd`; or `onReset` at any time instead of what
 * is missing. `onReset` may come before `request` returns. What another method throws ends the connection.
 */
export interface ResponseReceiver {
  /** Well-formed, `:status` first and from 200 on. The same array for the same header block. */
  onHeaders(fields: readonly HeaderField[]): void;
  /** Bytes of the body, never none; they are valid only during the call. */
  onData(piece: Uint8Array): void;
  /** The answer is whole; no fields when it had no trailers. */
  onEnd(trailers: readonly HeaderField[]): void;
  onReset(reset: StreamReset): void;
}

/** How a request ended that got no whole answer. */
export interface StreamReset {
  /**
   * Who ended it:
   * - server: with RST_STREAM
   * - fault: this end, as the server broke a rule or a limit of HTTP/2
   * - connection: it broke, was left by the server, or could not be made
   * - queue: too many requests wait already
   * - request: its headers cannot be encoded
   * - close: the client was closed
   */
  readonly by: "server" | "fault" | "connection" | "queue" | "request" | "close";
  /** Of HTTP/2; of a server it may be a number that no RFC names. */
  readonly code: number;
  /** In words. */
  readonly reason: string;
  /** The server did nothing with the request, whatever it asks for: it may be sent again. */
  readonly isUnprocessed: boolean;
  /** The error of the socket, if it was one. */
  readonly cause?: unknown;
}
