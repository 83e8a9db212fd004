import { type Clock, Code, ServeError } from "@paddlewheel/core";
import type {
  ClientStream,
  HeaderField,
  Http2Client,
  ResponseReceiver,
  StreamReset,
} from "@paddlewheel/http2";
import {
  compressMessage,
  decompressMessage,
  frameMessage,
  isGrpcContentType,
  type MessageEncoding,
  MessageReader,
  parseMessageEncoding,
} from "@paddlewheel/wire";
import { answered } from "../attempt-failure.js";
import {
  type AttemptOutcome,
  CompressType,
  type OnAttemptEnd,
  type OutgoingCall,
} from "../host-transport.js";
import { type AttemptWorker, OpenAttempt } from "../open-attempt.js";
import type { AnswerHeaders } from "./answer-headers.js";
import { fieldOf, foreignAnswer, resetFailure, statusFailure } from "./call-failure.js";
import type { RequestFields } from "./request-fields.js";

/** What all attempts at a host share. */
export interface UnaryHost {
  /** As errors name the server. */
  readonly address: string;
  readonly clock: Clock;
  /** Largest answer in bytes, packed and unpacked. */
  readonly maxAnswerBytes: number;
  readonly fields: RequestFields;
  readonly answerHeaders: AnswerHeaders;
}

/** One message there and one back. */
export class UnaryAttempt implements ResponseReceiver, AttemptWorker {
  readonly attempt: OpenAttempt;
  readonly #host: UnaryHost;
  readonly #call: OutgoingCall;
  readonly #reader: MessageReader;
  #stream: ClientStream | undefined;
  #head: readonly HeaderField[] = [];
  #isGrpc = false;
  #encoding: MessageEncoding = "identity";

  constructor(host: UnaryHost, call: OutgoingCall, onEnd: OnAttemptEnd) {
    const { address, clock, maxAnswerBytes } = host;
    this.#host = host;
    this.#call = call;
    this.#reader = new MessageReader({ maxMessageSize: maxAnswerBytes });
    this.attempt = new OpenAttempt({ call, address, clock, onEnd, worker: this });
  }

  start(client: Http2Client): void {
    const { compressType, message } = this.#call;
    if (compressType === CompressType.none) this.#send(client, frameMessage(message, false), "identity");
    else if (compressType === CompressType.snappy) this.attempt.refuse(noSnappy());
    else void this.#pack(client, compressType === CompressType.gzip ? "gzip" : "deflate");
  }

  onHeaders(fields: readonly HeaderField[]): void {
    this.#head = fields;
    this.#isGrpc = fieldOf(fields, ":status") === "200" && isGrpcContentType(fieldOf(fields, "content-type"));
    if (!this.#isGrpc) return;
    this.#read(() => {
      this.#encoding = parseMessageEncoding(fieldOf(fields, "grpc-encoding"), "response");
      this.#reader.start(this.#encoding);
    });
  }

  onData(piece: Uint8Array): void {
    if (this.#isGrpc) this.#read(() => this.#reader.push(piece));
  }

  /** An answer without a message has its status in the headers. */
  onEnd(trailers: readonly HeaderField[]): void {
    const last = trailers.length > 0 ? trailers : this.#head;
    const status = fieldOf(last, "grpc-status");
    const failed = { address: this.#host.address, timeoutMs: this.#call.timeoutMs };
    if (status === undefined) this.attempt.end(foreignAnswer(failed, this.#head));
    else {
      const failure = statusFailure(failed, status, last);
      if (failure) this.attempt.end(failure);
      else this.#succeed(trailers);
    }
  }

  onReset(reset: StreamReset): void {
    this.attempt.endSoon(resetFailure(this.#host, reset));
  }

  onTakenBack(): void {
    this.#stream?.reset();
  }

  async #pack(client: Http2Client, wanted: MessageEncoding): Promise<void> {
    try {
      const { bytes, isCompressed } = await compressMessage(this.#call.message, wanted);
      if (this.attempt.isOver) return;
      this.#send(client, frameMessage(bytes, isCompressed), isCompressed ? wanted : "identity");
    } catch (error) {
      this.attempt.refuse(ServeError.from(error));
    }
  }

  #send(client: Http2Client, body: readonly Uint8Array[], encoding: MessageEncoding): void {
    const fields = this.#host.fields.of(this.#call, encoding);
    this.#stream = client.request({ fields, body, receiver: this });
  }

  #succeed(trailers: readonly HeaderField[]): void {
    try {
      const headers = this.#host.answerHeaders.of(this.#head, trailers);
      const message = this.#reader.finish();
      if (this.#reader.isCompressed) void this.#unpack(message, headers);
      else this.attempt.end({ answer: { message, headers } });
    } catch (error) {
      this.attempt.end(this.#unreadable(error));
    }
  }

  async #unpack(packed: Uint8Array, headers: ReadonlyMap<string, string>): Promise<void> {
    const options = { encoding: this.#encoding, maxMessageSize: this.#host.maxAnswerBytes };
    try {
      const message = await decompressMessage(packed, options);
      this.attempt.end({ answer: { message, headers } });
    } catch (error) {
      this.attempt.end(this.#unreadable(error));
    }
  }

  /** Reads the answer; one that cannot be read ends the attempt. */
  #read(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (this.attempt.isOver) return;
      this.attempt.end(this.#unreadable(error));
      this.#stream?.reset();
    }
  }

  #unreadable(error: unknown): AttemptOutcome {
    const { code, message } = ServeError.from(error);
    return answered(new ServeError(code, `${this.#host.address}: ${message}`, { cause: error }), false);
  }
}

function noSnappy(): ServeError {
  return new ServeError(Code.invalidArgument, "compress type snappy: gRPC carries none, gzip and zlib");
}
