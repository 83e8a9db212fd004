import type { Socket } from "node:net";
import { type Clock, Code, type Secret, ServeError, type Timer } from "@paddlewheel/core";
import { ByteQueue, type Flushable, type FlushQueue } from "@paddlewheel/http2";
import { FrameCutter, type FrameVisitor, MetaDecoder, type RpcMeta } from "@paddlewheel/wire";
import {
  answered,
  cannotCall,
  closedTransport,
  connectTimeout,
  limitReached,
  unanswered,
  unsent,
} from "../attempt-failure.js";
import type { AttemptOutcome } from "../host-transport.js";
import type { TransportLimits } from "../transport-options.js";
import type { Exchange } from "./exchange.js";
import { readAnswer } from "./read-answer.js";
import { requestHead } from "./request-head.js";

/** What all connections to a host share. */
export interface ConnectionHost {
  /** `host:port`, as errors name it. */
  readonly address: string;
  readonly limits: TransportLimits;
  readonly clock: Clock;
  readonly queue: FlushQueue;
  readonly token: Secret | undefined;
  openSocket(onOpen: () => void): Socket;
}

/** Who hands calls to a connection. */
export interface ConnectionUser {
  /** All calls on it have their answers, and it takes further ones. */
  onFree(connection: Connection): void;
  /** It takes no more calls; once. */
  onLeaving(connection: Connection): void;
  /** Its socket is closed; once, after `onLeaving`, and before its calls hear of it. */
  onGone(connection: Connection): void;
}

/**
 * A connection and the calls on it, whose answers come in any order. It takes calls before it is open; those written in
 * one turn of the event loop leave in one write. It keeps the process alive only while calls are on it.
 */
export class Connection implements FrameVisitor, Flushable {
  readonly #host: ConnectionHost;
  readonly #user: ConnectionUser;
  readonly #socket: Socket;
  readonly #cutter: FrameCutter;
  readonly #metas = new MetaDecoder();
  readonly #output = new ByteQueue();
  readonly #pending = new Map<number, Exchange>();
  /** Of connecting, or of resting without a call. */
  #deadline: Timer;
  #isOpen = false;
  #isLeaving = false;
  #isQueued = false;
  #lastId = 0;
  /** Exchanges up to this one were written. */
  #lastWrittenId = 0;
  #frameCount = 0;
  /** Why it ended, when it was this end that ended it. */
  #cause: unknown;

  constructor(host: ConnectionHost, user: ConnectionUser) {
    this.#host = host;
    this.#user = user;
    this.#cutter = new FrameCutter({ visitor: this, maxFrameSize: host.limits.maxAnswerBytes });
    this.#deadline = host.clock.setTimer(this.#onDeadline, host.limits.connectTimeoutMs);
    this.#socket = host.openSocket(() => this.#onOpen());
    this.#socket.on("data", (piece: Buffer) => this.#receive(piece));
    this.#socket.on("end", () => this.#leave());
    this.#socket.on("error", (error) => {
      this.#cause ??= error;
    });
    this.#socket.on("close", () => this.#onGone());
  }

  /** Sends the request; gives the error when it cannot, and has nothing to do with it then. */
  send(exchange: Exchange): ServeError | undefined {
    const refusal = this.#refusal();
    if (refusal) return refusal;
    this.#deadlineOfRest(undefined);
    if (this.#pending.size === 0) this.#socket.ref();
    const correlationId = ++this.#lastId;
    const { message } = exchange;
    exchange.connection = this;
    exchange.correlationId = correlationId;
    exchange.framesBefore = this.#frameCount;
    const token = correlationId === 1 ? this.#host.token : undefined;
    const head = requestHead(exchange.call, { correlationId, message, token });
    this.#pending.set(correlationId, exchange);
    this.#output.append(head);
    this.#output.append(message.bytes);
    if (this.#isOpen) this.#queue();
    return undefined;
  }

  /** The answer of this exchange will be dropped. */
  forget(exchange: Exchange): void {
    if (this.#pending.delete(exchange.correlationId)) this.#settle();
  }

  /**
   * A server that says nothing at all for as long as a call may take may be gone without a word, and so may be the way to
   * it: the next calls get a connection of their own.
   */
  onMissedDeadline(exchange: Exchange): void {
    if (this.#isOpen && exchange.framesBefore === this.#frameCount) this.#leave();
  }

  /** Closes it after some time without a call. */
  rest(): void {
    this.#deadlineOfRest(this.#host.limits.idleTimeoutMs);
  }

  readonly #onDeadline = (): void => {
    if (!this.#isOpen) this.#cause = connectTimeout(this.#host.limits.connectTimeoutMs);
    this.destroy();
  };

  /** Ends it and the calls on it; those hear that the client was closed, if nothing else had ended it. */
  destroy(): void {
    this.#fail(closedTransport());
  }

  flush(): void {
    this.#isQueued = false;
    const socket = this.#socket;
    const pieces = this.#output.take();
    if (socket.destroyed) return;
    this.#lastWrittenId = this.#lastId;
    if (pieces.length > 1) socket.cork();
    for (const piece of pieces) socket.write(piece);
    if (pieces.length > 1) socket.uncork();
  }

  onFrame(metaBytes: Uint8Array, payload: Uint8Array): void {
    this.#frameCount++;
    const meta = this.#metas.decode(metaBytes);
    const exchange = this.#take(meta);
    // A late answer has nobody who waits for it.
    if (!exchange) return;
    if (meta.response?.errorCode === Code.unavailable) this.#leave();
    const outcome = readAnswer(meta, payload, {
      address: this.#host.address,
      maxAnswerBytes: this.#host.limits.maxAnswerBytes,
    });
    this.#settle();
    if (outcome instanceof Promise) void outcome.then((unpacked) => exchange.attempt.end(unpacked));
    else exchange.attempt.end(outcome);
  }

  onUnreadableFrame(): void {
    throw new ServeError(Code.malformedRequest, "the meta of a frame is larger than the frame");
  }

  onOversizedFrame(metaBytes: Uint8Array, error: ServeError): void {
    const exchange = this.#take(this.#metas.decode(metaBytes));
    const { code, message } = error;
    const named = new ServeError(code, `${this.#host.address}: ${message}`, { cause: error });
    this.#fail(new Error("an answer on its connection is too large", { cause: error }));
    exchange?.attempt.end(answered(named, false));
  }

  #refusal(): ServeError | undefined {
    const { address, limits } = this.#host;
    if (this.#pending.size >= limits.maxInFlight) {
      return limitReached(address, `${limits.maxInFlight} calls are in flight on its connection`);
    }
    const unwritten = this.#output.length + this.#socket.writableLength;
    if (unwritten < limits.maxUnwrittenBytes) return undefined;
    return limitReached(address, `${unwritten} bytes wait to be written on its connection`);
  }

  #take(meta: RpcMeta): Exchange | undefined {
    const id = Number(meta.correlationId);
    const exchange = this.#pending.get(id);
    if (!exchange) return undefined;
    this.#pending.delete(id);
    // While its answer is unpacked, the connection is another's already.
    exchange.connection = undefined;
    return exchange;
  }

  /** What follows when the last call is over. */
  #settle(): void {
    if (this.#pending.size > 0) return;
    if (this.#isLeaving) this.#socket.destroy();
    else {
      this.#socket.unref();
      this.#user.onFree(this);
    }
  }

  #leave(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#deadlineOfRest(undefined);
    this.#user.onLeaving(this);
    if (this.#pending.size === 0) this.#socket.destroy();
  }

  #onOpen(): void {
    this.#isOpen = true;
    this.#deadline.cancel();
    if (this.#output.length > 0) this.#queue();
  }

  #queue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#host.queue.add(this);
  }

  #receive(piece: Buffer): void {
    try {
      this.#cutter.push(piece);
    } catch (error) {
      const isPeers = error instanceof ServeError;
      const why = isPeers ? `it does not speak baidu_std: ${error.message}` : "its connection failed inside";
      this.#fail(new Error(why, { cause: error }));
    }
  }

  #fail(cause: unknown): void {
    this.#cause ??= cause;
    this.#socket.destroy();
    this.#leave();
  }

  #deadlineOfRest(delayMs: number | undefined): void {
    if (!this.#isOpen) return;
    this.#deadline.cancel();
    if (delayMs !== undefined) this.#deadline = this.#host.clock.setTimer(this.#onDeadline, delayMs);
  }

  #onGone(): void {
    this.#deadline.cancel();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#leave();
    this.#user.onGone(this);
    for (const exchange of pending) exchange.attempt.end(this.#lossOf(exchange));
  }

  #lossOf({ correlationId }: Exchange): AttemptOutcome {
    const cause = this.#cause ?? new Error("the server closed the connection");
    const error = cause instanceof ServeError ? cause : cannotCall(this.#host.address, cause);
    return this.#isOpen && correlationId <= this.#lastWrittenId ? unanswered(error) : unsent(error);
  }
}
