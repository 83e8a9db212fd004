import { type Clock, ServeError, type Timer } from "@paddlewheel/core";
import type {
  ClientStream,
  HeaderField,
  Http2Client,
  ResponseReceiver,
  StreamReset,
} from "@paddlewheel/http2";
import {
  decompressMessage,
  frameMessage,
  isGrpcContentType,
  type MessageEncoding,
  MessageReader,
  parseMessageEncoding,
} from "@paddlewheel/wire";
import { aborted, timedOut } from "../stopped-call.js";
import { fieldOf, foreignAnswer, resetFailure, statusFailure } from "./call-failure.js";

export interface UnaryCallOptions {
  /** As errors name the server. */
  readonly endpoint: string;
  readonly fields: readonly HeaderField[];
  readonly message: Uint8Array;
  /** Largest answer in bytes, packed and unpacked. */
  readonly maxAnswerBytes: number;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One message there and one back.
 * @throws ServeError as CallTransport says.
 */
export function callUnary(client: Http2Client, options: UnaryCallOptions): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    new UnaryCall(options, resolve, reject).start(client);
  });
}

class UnaryCall implements ResponseReceiver {
  readonly #options: UnaryCallOptions;
  readonly #resolve: (answer: Uint8Array | Promise<Uint8Array>) => void;
  readonly #reject: (error: unknown) => void;
  readonly #reader: MessageReader;
  #stream: ClientStream | undefined;
  #timer: Timer | undefined;
  #head: readonly HeaderField[] = [];
  #isGrpc = false;
  #encoding: MessageEncoding = "identity";

  constructor(
    options: UnaryCallOptions,
    resolve: (answer: Uint8Array | Promise<Uint8Array>) => void,
    reject: (error: unknown) => void,
  ) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#reader = new MessageReader({ maxMessageSize: options.maxAnswerBytes });
  }

  start(client: Http2Client): void {
    const { fields, message, clock, timeoutMs, signal } = this.#options;
    this.#timer = clock.setTimer(this.#onTimeout, timeoutMs);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#stream = client.request({ fields, body: frameMessage(message, false), receiver: this });
  }

  onHeaders(fields: readonly HeaderField[]): void {
    this.#head = fields;
    this.#isGrpc = fieldOf(fields, ":status") === "200" && isGrpcContentType(fieldOf(fields, "content-type"));
    if (!this.#isGrpc) return;
    this.#attempt(() => {
      this.#encoding = parseMessageEncoding(fieldOf(fields, "grpc-encoding"), "response");
      this.#reader.start(this.#encoding);
    });
  }

  onData(piece: Uint8Array): void {
    if (this.#isGrpc) this.#attempt(() => this.#reader.push(piece));
  }

  /** An answer without a message has its status in the headers. */
  onEnd(trailers: readonly HeaderField[]): void {
    this.#settle();
    const last = trailers.length > 0 ? trailers : this.#head;
    const status = fieldOf(last, "grpc-status");
    if (status === undefined) this.#reject(foreignAnswer(this.#options, this.#head));
    else this.#finish(statusFailure(this.#options, status, last));
  }

  onReset(reset: StreamReset): void {
    this.#settle();
    this.#reject(resetFailure(this.#options, reset));
  }

  readonly #onTimeout = (): void => {
    this.#stop(timedOut(this.#options.endpoint, this.#options.timeoutMs));
  };

  readonly #onAbort = (): void => {
    const { signal } = this.#options;
    if (signal) this.#stop(aborted(signal));
  };

  #finish(failure: ServeError | undefined): void {
    try {
      if (failure) throw failure;
      const message = this.#reader.finish();
      this.#resolve(this.#reader.isCompressed ? this.#unpacked(message) : message);
    } catch (error) {
      this.#reject(failure ?? this.#named(error));
    }
  }

  async #unpacked(message: Uint8Array): Promise<Uint8Array> {
    const maxMessageSize = this.#options.maxAnswerBytes;
    try {
      return await decompressMessage(message, { encoding: this.#encoding, maxMessageSize });
    } catch (error) {
      throw this.#named(error);
    }
  }

  /** Reads the answer; one that cannot be read ends the call. */
  #attempt(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.#stop(this.#named(error));
    }
  }

  #stop(error: ServeError): void {
    this.#settle();
    this.#stream?.reset();
    this.#reject(error);
  }

  #settle(): void {
    this.#timer?.cancel();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
  }

  #named(error: unknown): ServeError {
    const { code, message } = ServeError.from(error);
    return new ServeError(code, `${this.#options.endpoint}: ${message}`, { cause: error });
  }
}
