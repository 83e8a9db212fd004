import { type Call, Code, isThenable, type RpcMethod, ServeError } from "@paddlewheel/core";
import {
  CompressType,
  isCompressType,
  type PackedMessage,
  packMessage,
  type RpcMeta,
  unpackMessage,
  verifyChecksum,
} from "@paddlewheel/wire";
import type { ServerLimits } from "../limits.js";
import { answerReports } from "../rpc/answer-reports.js";
import { type BodyFormat, bodyFormatOfNumber, decodeBody, encodeBody } from "../rpc/body-format.js";
import type { CallGate } from "../rpc/call-gate.js";
import { noPlace } from "../rpc/placed-set.js";
import { answerHead, errorFrame } from "./answer-head.js";
import type { Connection, WaitingCall } from "./connection.js";

/** What all calls of a server share. */
export interface UnaryCallHost {
  readonly gate: CallGate;
  readonly limits: ServerLimits;
}

export interface UnaryCallOptions {
  readonly host: UnaryCallHost;
  readonly connection: Connection;
  readonly meta: RpcMeta;
  readonly method: RpcMethod;
  /** Taken in by the gate, and by the connection. */
  readonly call: Call;
}

/**
 * One call on its way: reads the message, has the method answer it, and sends the answer. A method that answers at once
 * is answered within the read that brought its frame, without a promise.
 */
export class UnaryCall implements WaitingCall {
  place: number = noPlace;
  readonly #host: UnaryCallHost;
  readonly #connection: Connection;
  readonly #meta: RpcMeta;
  readonly #method: RpcMethod;
  readonly #call: Call;
  readonly #format: BodyFormat;

  constructor({ host, connection, meta, method, call }: UnaryCallOptions) {
    this.#host = host;
    this.#connection = connection;
    this.#meta = meta;
    this.#method = method;
    this.#call = call;
    this.#format = bodyFormatOfNumber(meta.contentType);
  }

  cancel(): void {
    this.#call.cancel();
  }

  /** Message and attachment, as they came. */
  run(payload: Uint8Array): void {
    try {
      const message = this.#readMessage(payload);
      if (message instanceof Promise) this.#await(message, (unpacked) => this.#handleUnpacked(unpacked));
      else this.#handle(message);
    } catch (error) {
      this.#fail(error);
    }
  }

  #readMessage(payload: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const { attachmentSize, compressType } = this.#meta;
    if (attachmentSize > payload.length) {
      const message = `attachment_size: ${attachmentSize} is larger than the ${payload.length} bytes behind the meta`;
      throw new ServeError(Code.malformedRequest, message);
    }
    let packed = payload;
    let attachment: Uint8Array = noBytes;
    if (attachmentSize > 0) {
      packed = payload.subarray(0, payload.length - attachmentSize);
      attachment = payload.subarray(packed.length);
      this.#call.requestAttachment = attachment;
    }
    verifyChecksum(this.#meta, packed, attachment);
    return unpackMessage(packed, { compressType, maxMessageSize: this.#host.limits.maxBodySize });
  }

  /** Unpacking may have taken all the time it has. */
  #handleUnpacked(message: Uint8Array): void {
    this.#call.throwIfStopped();
    this.#handle(message);
  }

  #handle(message: Uint8Array): void {
    const { maxJsonSize } = this.#host.limits;
    const request = decodeBody(this.#method.request, message, { format: this.#format, maxJsonSize });
    const reply = this.#method.handle(request, this.#call);
    if (isThenable(reply)) this.#await(reply, (value) => this.#answer(value));
    else this.#answer(reply);
  }

  #answer(reply: unknown): void {
    const message = encodeBody(this.#method.response, reply, this.#format);
    const { compressType } = this.#meta;
    // Whoever packs its messages gets them packed. Compat: Paddle's servers answer in gzip whatever was asked.
    const packed = packMessage(message, isCompressType(compressType) ? compressType : CompressType.none);
    if (packed instanceof Promise) this.#await(packed, (message) => this.#succeed(message));
    else this.#succeed(packed);
  }

  #succeed(message: PackedMessage): void {
    const { gate } = this.#host;
    const call = this.#call;
    gate.succeed(call);
    const attachment = call.responseAttachment;
    const { number: contentType } = this.#format;
    const reports = answerReports(call, gate.tracer);
    const content = { message, contentType, attachment, reports };
    // The call is over by now: whatever goes wrong from here on cannot fail it.
    try {
      this.#connection.forget(this);
      this.#connection.answer(answerHead(this.#meta, content), message.bytes, attachment);
    } catch (error) {
      this.#connection.onFault(error);
    }
  }

  #fail(thrown: unknown): void {
    const { gate } = this.#host;
    const error = gate.fail(this.#call, thrown);
    const reports = answerReports(this.#call, gate.tracer);
    this.#connection.forget(this);
    this.#connection.answer(errorFrame(this.#meta, error, reports));
  }

  /** Goes on with what `work` gives; fails with what it, or going on, throws. */
  #await<T>(work: PromiseLike<T>, goOn: (value: T) => void): void {
    this.#connection.keep(this);
    work.then(
      (value) => {
        try {
          goOn(value);
        } catch (error) {
          this.#fail(error);
        }
      },
      (error) => this.#fail(error),
    );
  }
}

const noBytes = new Uint8Array(0);
