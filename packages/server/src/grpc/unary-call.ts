import { type Call, Code, isThenable, type RpcMethod, ServeError } from "@paddlewheel/core";
import { type BodyReceiver, ErrorCode, type HeaderField, type ServerStream } from "@paddlewheel/http2";
import {
  compressMessage,
  decompressMessage,
  frameMessage,
  type MessageEncoding,
  MessageReader,
} from "@paddlewheel/wire";
import { type AnswerReports, answerReports } from "../rpc/answer-reports.js";
import type { CallGate } from "../rpc/call-gate.js";
import type { OpenRequest, OpenRequests } from "../rpc/open-requests.js";
import { noPlace } from "../rpc/placed-set.js";
import { answerHead, errorAnswer, okTrailers } from "./answer-fields.js";
import type { RequestHead } from "./request-head.js";

/** What all calls of a server share. */
export interface UnaryCallHost {
  readonly gate: CallGate;
  readonly openRequests: OpenRequests;
  /** In bytes, also after decompression. */
  readonly maxMessageSize: number;
  /** An answer could not be sent, by a fault of ours. */
  readonly onUnsent: (error: unknown) => void;
}

export interface UnaryCallOptions {
  readonly host: UnaryCallHost;
  readonly stream: ServerStream;
  readonly head: RequestHead;
  readonly method: RpcMethod;
  /** Taken in by the gate. */
  readonly call: Call;
}

/**
 * One call on its way: collects the message, has the method answer it, and sends the answer. A method that answers at
 * once is answered within the read that brought the end of its message, without a promise.
 */
export class UnaryCall implements BodyReceiver, OpenRequest {
  place: number = noPlace;
  readonly #host: UnaryCallHost;
  readonly #stream: ServerStream;
  readonly #head: RequestHead;
  readonly #method: RpcMethod;
  readonly #call: Call;
  readonly #reader: MessageReader;

  constructor({ host, stream, head, method, call }: UnaryCallOptions) {
    this.#host = host;
    this.#stream = stream;
    this.#head = head;
    this.#method = method;
    this.#call = call;
    this.#reader = new MessageReader(host);
    this.#reader.start(head.encoding);
    host.openRequests.add(this);
  }

  onData(piece: Uint8Array): void {
    try {
      this.#reader.push(piece);
    } catch (error) {
      this.#host.openRequests.delete(this);
      this.#reject(error);
    }
  }

  onEnd(): void {
    this.#host.openRequests.delete(this);
    const now = this.#call.clock.now();
    this.#call.receivedAt = now;
    try {
      const message = this.#reader.finish();
      if (this.#reader.isCompressed) this.#unpack(message);
      else this.#run(message, now);
    } catch (error) {
      this.#reject(error);
    }
  }

  onReset(): void {
    const isCutOff = this.#host.openRequests.delete(this);
    if (isCutOff) this.#fail(new ServeError(Code.cancelled, "the body was cut off"));
    else this.#call.cancel();
  }

  cutOff(error: unknown): void {
    this.#host.openRequests.delete(this);
    this.#fail(error);
  }

  #unpack(message: Uint8Array): void {
    const { encoding } = this.#head;
    const { maxMessageSize } = this.#host;
    decompressMessage(message, { encoding, maxMessageSize }).then(
      (unpacked) => this.#run(unpacked, this.#call.clock.now()),
      (error: unknown) => this.#reject(error),
    );
  }

  #run(message: Uint8Array, now: number): void {
    const call = this.#call;
    // Its body may have taken all the time it has.
    const stopReason = call.stopReasonAt(now);
    if (stopReason) {
      this.#fail(stopReason);
      return;
    }
    let reply: unknown;
    try {
      reply = this.#method.handle(this.#method.request.decode(message, true), call);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (!isThenable(reply)) this.#answer(reply);
    else {
      reply.then(
        (value) => this.#answer(value),
        (error: unknown) => this.#fail(error),
      );
    }
  }

  #answer(reply: unknown): void {
    let message: Uint8Array;
    try {
      message = this.#method.response.encode(reply);
    } catch (error) {
      this.#fail(error);
      return;
    }
    // Whoever packs its messages gets them packed.
    const { answerEncoding } = this.#head;
    if (this.#reader.isCompressed && answerEncoding !== "identity") this.#pack(message, answerEncoding);
    else this.#succeed(answerHead.identity, frameMessage(message, false));
  }

  #pack(message: Uint8Array, encoding: MessageEncoding): void {
    compressMessage(message, encoding).then(
      ({ bytes, isCompressed }) => this.#succeed(answerHead[encoding], frameMessage(bytes, isCompressed)),
      (error: unknown) => this.#fail(error),
    );
  }

  #succeed(headers: readonly HeaderField[], pieces: readonly Uint8Array[]): void {
    const { gate } = this.#host;
    gate.succeed(this.#call);
    this.#send(headers, pieces, okTrailers(this.#reports()));
  }

  #fail(thrown: unknown): void {
    this.#sendError(this.#host.gate.fail(this.#call, thrown));
  }

  /** The request is no message as gRPC frames it. */
  #reject(thrown: unknown): void {
    const { gate } = this.#host;
    const isFault = thrown instanceof ServeError;
    this.#sendError(isFault ? gate.reject(this.#call, thrown) : gate.fail(this.#call, thrown));
  }

  #sendError(error: ServeError): void {
    this.#send(errorAnswer(error, this.#reports()), [], []);
  }

  #reports(): AnswerReports | undefined {
    return answerReports(this.#call, this.#host.gate.tracer);
  }

  /** Sends pieces of a message and trailers, or headers that say all. Throws nothing: the call is over by now. */
  #send(
    headers: readonly HeaderField[],
    [first, second]: readonly Uint8Array[],
    trailers: readonly HeaderField[],
  ): void {
    const stream = this.#stream;
    try {
      if (!first) stream.sendHeaders(headers, true);
      else if (!second) stream.respond(headers, first, trailers);
      else {
        stream.sendHeaders(headers);
        stream.sendData(first);
        stream.sendData(second);
        stream.sendTrailers(trailers);
      }
    } catch (error) {
      this.#host.onUnsent(error);
      stream.reset(ErrorCode.internalError);
    }
  }
}
