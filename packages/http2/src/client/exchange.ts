import type { Stream } from "../connection/stream.js";
import type { BodyReceiver } from "../connection/stream-handler.js";
import { ErrorCode } from "../frame/error-code.js";
import type { HeaderField } from "../hpack/header-field.js";
import type { ClientRequest, ClientStream, StreamReset } from "./client-request.js";

/** What an exchange asks of its connection. */
export interface ExchangeOwner {
  /** The caller takes the request back. */
  cancel(exchange: Exchange, code: ErrorCode): void;
  /** The stream ended without the answer: why, in the connection's words. */
  resetOf(stream: Stream, code: number): StreamReset;
  failStream(stream: Stream, code: ErrorCode, reason: string): void;
  /** The caller hears the end now, or wants to know no more. */
  onEnded(exchange: Exchange): void;
  /** The caller failed to take the end. */
  onFault(error: unknown): void;
}

/** A request and its answer, from the queue to the end; what comes on its stream behind the end is dropped. */
export class Exchange implements ClientStream, BodyReceiver {
  readonly request: ClientRequest;
  readonly #owner: ExchangeOwner;
  /** Undefined while the request waits. */
  stream: Stream | undefined;
  /** The final headers of the answer have come. */
  hasHeaders = false;
  #trailers: readonly HeaderField[] = noFields;
  #isEnded = false;

  constructor(request: ClientRequest, owner: ExchangeOwner) {
    this.request = request;
    this.#owner = owner;
  }

  reset(code: ErrorCode = ErrorCode.cancel): void {
    if (this.#isEnded) return;
    this.#finish();
    this.#owner.cancel(this, code);
  }

  onHeaders(fields: readonly HeaderField[]): void {
    this.hasHeaders = true;
    if (!this.#isEnded) this.request.receiver.onHeaders(fields);
  }

  onData(piece: Uint8Array): void {
    if (!this.hasHeaders) this.#failForOrder();
    else if (!this.#isEnded) this.request.receiver.onData(piece);
  }

  onTrailers(fields: readonly HeaderField[]): void {
    this.#trailers = fields;
  }

  onEnd(): void {
    if (!this.hasHeaders) this.#failForOrder();
    else if (this.#finish()) this.request.receiver.onEnd(this.#trailers);
  }

  onReset(code: number): void {
    if (this.stream) this.end(this.#owner.resetOf(this.stream, code));
  }

  /** Tells the caller that there will be no answer; one that fails at it keeps no other from hearing theirs. */
  end(reset: StreamReset): void {
    if (!this.#finish()) return;
    try {
      this.request.receiver.onReset(reset);
    } catch (error) {
      this.#owner.onFault(error);
    }
  }

  /** False when the caller was told the end before. */
  #finish(): boolean {
    if (this.#isEnded) return false;
    this.#isEnded = true;
    this.#owner.onEnded(this);
    return true;
  }

  #failForOrder(): void {
    if (this.stream) this.#owner.failStream(this.stream, ErrorCode.protocolError, "DATA came before HEADERS");
  }
}

const noFields: readonly HeaderField[] = [];
