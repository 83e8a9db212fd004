import type { Connection } from "../connection/connection.js";
import { Stream } from "../connection/stream.js";
import type { ResolvedClientLimits } from "./client-limits.js";
import type { StreamReset } from "./client-request.js";
import type { Exchange } from "./exchange.js";
import { queueFull, unsendable } from "./reset-reasons.js";

/** Makes streams of requests, as many at once as the server takes; the others wait, in their order. */
export class RequestWriter {
  readonly #connection: Connection;
  readonly #limits: ResolvedClientLimits;
  readonly #waiting = new Set<Exchange>();
  #nextId = 1;
  #hasOpened = false;

  constructor(connection: Connection, limits: ResolvedClientLimits) {
    this.#connection = connection;
    this.#limits = limits;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** There is no stream id left. */
  get isUsedUp(): boolean {
    return this.#nextId > this.#limits.maxRequests * 2;
  }

  /** Streams of even ids would be pushed, and push is off. */
  isIdle(streamId: number): boolean {
    return streamId >= this.#nextId || streamId % 2 === 0;
  }

  /** Whether a stream was opened since the last call. */
  takeHasOpened(): boolean {
    const hasOpened = this.#hasOpened;
    this.#hasOpened = false;
    return hasOpened;
  }

  /** Puts a request at the end of the line; one too many is told so. */
  add(exchange: Exchange): void {
    const { maxWaitingRequests } = this.#limits;
    if (this.#waiting.size >= maxWaitingRequests) exchange.end(queueFull(maxWaitingRequests));
    else this.#waiting.add(exchange);
  }

  /** The caller gave up. */
  remove(exchange: Exchange): void {
    this.#waiting.delete(exchange);
  }

  /** Opens what may be opened; none before the SETTINGS of the server have come. */
  openWaiting(): void {
    const { streams, maxStreams } = this.#connection;
    for (const exchange of this.#waiting) {
      if (streams.size >= maxStreams || this.isUsedUp) return;
      this.#waiting.delete(exchange);
      this.#open(exchange);
    }
  }

  /** No request is opened any more. */
  giveBack(why: StreamReset): void {
    for (const exchange of this.#waiting) exchange.end({ ...why, isUnprocessed: true });
  }

  #open(exchange: Exchange): void {
    const connection = this.#connection;
    const { fields, body } = exchange.request;
    const stream = new Stream(this.#nextId, connection, connection.streamDefaults);
    try {
      connection.sendHeaders(stream, fields, body.length === 0);
    } catch (error) {
      exchange.end(unsendable(error));
      return;
    }
    this.#nextId += 2;
    this.#hasOpened = true;
    stream.receiver = exchange;
    exchange.stream = stream;
    connection.streams.open(stream);
    connection.countOpened();
    for (const [i, piece] of body.entries()) connection.sendData(stream, piece, i === body.length - 1);
  }
}
