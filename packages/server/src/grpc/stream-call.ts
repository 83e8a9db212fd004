import { Readable } from "node:stream";
import { Code, ServeError } from "@paddlewheel/core";
import type { BodyReceiver, ServerStream } from "@paddlewheel/http2";
import { decompressMessage, frameMessage } from "@paddlewheel/wire";
import type { OpenRequest, OpenRequests } from "../rpc/open-requests.js";
import { noPlace } from "../rpc/placed-set.js";
import { answerHead, errorTrailers, okTrailers } from "./answer-fields.js";
import { MessageSplitter, type PackedMessage } from "./message-splitter.js";
import type { RequestHead } from "./request-head.js";

/**
 * A method of gRPC itself, where both sides may stream: gives one answer after the other to the requests that come. Once
 * the signal aborts nobody waits for more, and the requests end with an error.
 */
export type StreamMethod = (
  requests: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
) => AsyncIterable<Uint8Array>;

/** Largest request in bytes: those of health and reflection hold a name. */
const maxRequestSize = 4096;

/** Requests held for a method that is behind; more than these, and what is under way, wait at the peer. */
const maxHeldRequests = 16;

export interface StreamCallOptions {
  readonly stream: ServerStream;
  readonly head: RequestHead;
  readonly method: StreamMethod;
  readonly openRequests: OpenRequests;
}

/** A call of a StreamMethod; it goes on as fast as its peer reads. */
export class StreamCall implements BodyReceiver, OpenRequest {
  place: number = noPlace;
  readonly #stream: ServerStream;
  readonly #head: RequestHead;
  readonly #openRequests: OpenRequests;
  readonly #splitter: MessageSplitter;
  readonly #received: Readable;
  readonly #stop = new AbortController();
  #wake: () => void = () => {};

  constructor({ stream, head, method, openRequests }: StreamCallOptions) {
    this.#stream = stream;
    this.#head = head;
    this.#openRequests = openRequests;
    this.#splitter = new MessageSplitter({ encoding: head.encoding, maxMessageSize: maxRequestSize });
    this.#received = new Readable({
      objectMode: true,
      highWaterMark: maxHeldRequests,
      read: () => stream.resumeBody(),
    });
    // A caller that reflects on the services may ask again at any time.
    stream.bodyTimeoutMs = Number.POSITIVE_INFINITY;
    openRequests.add(this);
    stream.sendHeaders(answerHead.identity);
    this.#answer(method).catch((error: unknown) => this.cutOff(ServeError.from(error)));
  }

  onData(piece: Uint8Array): void {
    try {
      for (const message of this.#splitter.push(piece)) {
        if (!this.#received.push(message)) this.#stream.pauseBody();
      }
    } catch (error) {
      this.cutOff(ServeError.from(error));
    }
  }

  onEnd(): void {
    try {
      this.#splitter.finish();
      this.#received.push(null);
    } catch (error) {
      this.cutOff(ServeError.from(error));
    }
  }

  onReset(): void {
    this.#end();
  }

  onDrain(): void {
    this.#wake();
  }

  cutOff(error: ServeError): void {
    this.#stream.sendTrailers(errorTrailers(error));
    this.#end();
  }

  async #answer(method: StreamMethod): Promise<void> {
    for await (const answer of method(this.#requests(), this.#stop.signal)) await this.#send(answer);
    this.#stream.sendTrailers(okTrailers());
    this.#end();
  }

  async *#requests(): AsyncGenerator<Uint8Array> {
    const options = { encoding: this.#head.encoding, maxMessageSize: maxRequestSize };
    for await (const { bytes, isCompressed } of this.#received as AsyncIterable<PackedMessage>) {
      yield isCompressed ? await decompressMessage(bytes, options) : bytes;
    }
  }

  async #send(message: Uint8Array): Promise<void> {
    let hasLeft = true;
    for (const piece of frameMessage(message, false)) hasLeft = this.#stream.sendData(piece);
    if (hasLeft) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #end(): void {
    this.#openRequests.delete(this);
    this.#stop.abort();
    this.#received.destroy();
    this.#wake();
  }
}

/**
 * The one request of a method that takes no more.
 * @throws ServeError methodNotFound, which is what gRPC calls any other number.
 */
export async function onlyRequest(requests: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  let only: Uint8Array | undefined;
  for await (const request of requests) {
    if (only) throw new ServeError(Code.methodNotFound, "expected one message, got more");
    only = request;
  }
  if (!only) throw new ServeError(Code.methodNotFound, "expected one message, got none");
  return only;
}
