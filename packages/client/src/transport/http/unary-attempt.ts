import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { type Clock, Code, type Secret, ServeError } from "@paddlewheel/core";
import { messageTooLarge, minCompressedSize, packZlib } from "@paddlewheel/wire";
import type { Endpoint } from "../../grpc/endpoint.js";
import {
  answered,
  cannotCall,
  closedTransport,
  connectTimeout,
  unanswered,
  unsent,
} from "../attempt-failure.js";
import { CompressType, type OnAttemptEnd, type OutgoingCall } from "../host-transport.js";
import { type AttemptWorker, OpenAttempt } from "../open-attempt.js";
import type { TransportLimits } from "../transport-options.js";
import type { HttpBodyOptions } from "./body-options.js";
import { readAnswer } from "./read-answer.js";
import { requestHead } from "./request-head.js";

/** What all attempts at a host share. */
export interface UnaryHost {
  /** As errors name the server. */
  readonly address: string;
  readonly endpoint: Endpoint;
  readonly isTls: boolean;
  readonly agent: Agent;
  readonly clock: Clock;
  readonly limits: TransportLimits;
  readonly authorization: Secret | undefined;
  readonly body: HttpBodyOptions;
  /** Those under way. */
  readonly attempts: Set<UnaryAttempt>;
}

/** One POST, with the message of its answer. */
export class UnaryAttempt implements AttemptWorker {
  readonly attempt: OpenAttempt;
  readonly #host: UnaryHost;
  readonly #call: OutgoingCall;
  #request: ClientRequest | undefined;
  #isConnected = false;

  constructor(host: UnaryHost, call: OutgoingCall, onEnd: OnAttemptEnd) {
    const { address, clock } = host;
    this.#host = host;
    this.#call = call;
    host.attempts.add(this);
    const end: OnAttemptEnd = (outcome) => {
      host.attempts.delete(this);
      onEnd(outcome);
    };
    this.attempt = new OpenAttempt({ call, address, clock, onEnd: end, worker: this });
  }

  async start(): Promise<void> {
    try {
      const { message, compressType } = this.#call;
      checkCompressType(compressType);
      const packs = compressType === CompressType.gzip && message.length >= minCompressedSize;
      const packed = packs ? await packZlib(message, "gzip") : message;
      const isPacked = packed.length < message.length;
      if (!this.attempt.isOver) this.#send(isPacked ? packed : message, isPacked);
    } catch (error) {
      this.attempt.refuse(error instanceof ServeError ? error : this.#unsendable(error));
    }
  }

  /** Ends it, as the transport is closed. */
  close(): void {
    this.attempt.end(this.#failure(closedTransport()));
    this.#request?.destroy();
  }

  onTakenBack(): void {
    this.#host.attempts.delete(this);
    this.#request?.destroy();
  }

  #send(bytes: Uint8Array, isPacked: boolean): void {
    const { agent, authorization, body, endpoint, isTls } = this.#host;
    const { service, method } = this.#call;
    const open = isTls ? httpsRequest : httpRequest;
    const request = open({
      agent,
      ...endpoint,
      method: "POST",
      path: body.servicePath ?? `/${service}/${method}`,
      headers: requestHead(this.#call, { length: bytes.length, isPacked, authorization, body }),
    });
    this.#request = request;
    request.on("error", (error) => this.#fail(error));
    request.on("socket", (socket) => this.#watch(request, socket));
    request.on("response", (head) => this.#receive(head));
    request.end(bytes);
  }

  /** Time to connect is limited; that of waiting for a connection only by the call's. */
  #watch(request: ClientRequest, socket: Socket): void {
    if (!socket.connecting) {
      this.#isConnected = true;
      return;
    }
    const { clock, isTls, limits } = this.#host;
    const { connectTimeoutMs } = limits;
    const deadline = clock.setTimer(
      () => request.destroy(connectTimeout(connectTimeoutMs)),
      connectTimeoutMs,
    );
    request.once("close", () => deadline.cancel());
    socket.once(isTls ? "secureConnect" : "connect", () => {
      deadline.cancel();
      this.#isConnected = true;
    });
  }

  #receive(head: IncomingMessage): void {
    const { maxAnswerBytes } = this.#host.limits;
    const pieces: Uint8Array[] = [];
    let size = 0;
    head.on("data", (piece: Uint8Array) => {
      size += piece.length;
      if (size > maxAnswerBytes) this.#refuseAnswer(size);
      else pieces.push(piece);
    });
    head.on("error", (error) => this.#fail(error));
    head.on("end", () => void this.#finish(head, Buffer.concat(pieces)));
  }

  async #finish(head: IncomingMessage, bytes: Uint8Array): Promise<void> {
    const { address, body, limits } = this.#host;
    const { maxAnswerBytes } = limits;
    const options = { address, maxAnswerBytes, call: this.#call, format: body.format };
    this.attempt.end(await readAnswer(head, bytes, options));
  }

  #refuseAnswer(size: number): void {
    const { address, limits } = this.#host;
    const { code, message } = messageTooLarge(size, limits.maxAnswerBytes);
    this.attempt.end(answered(new ServeError(code, `${address}: ${message}`), false));
    this.#request?.destroy();
  }

  /** Names or values of headers are none that HTTP allows. */
  #unsendable(cause: unknown): ServeError {
    const { message } = cannotCall(this.#host.address, cause);
    return new ServeError(Code.invalidArgument, message, { cause });
  }

  #fail(error: unknown): void {
    this.attempt.end(this.#failure(cannotCall(this.#host.address, error)));
  }

  #failure(error: ServeError): ReturnType<typeof unsent> {
    return this.#isConnected ? unanswered(error) : unsent(error);
  }
}

function checkCompressType(type: CompressType): void {
  if (type === CompressType.none || type === CompressType.gzip) return;
  const name = type === CompressType.snappy ? "snappy" : "zlib";
  throw new ServeError(Code.invalidArgument, `compress type ${name}: HTTP carries none and gzip`);
}
