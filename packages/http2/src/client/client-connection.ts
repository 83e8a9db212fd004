import { Connection } from "../connection/connection.js";
import type { ConnectionHooks, PeerError } from "../connection/connection-hooks.js";
import type { ConnectionRole } from "../connection/peer-frames.js";
import { SettingId } from "../connection/settings.js";
import type { Stream } from "../connection/stream.js";
import type { Upkeep } from "../connection/upkeep.js";
import { ConnectionError } from "../frame/connection-error.js";
import { ErrorCode } from "../frame/error-code.js";
import { connectionPreface } from "../frame/frame-type.js";
import { LimitExceeded } from "../limits/limit-exceeded.js";
import { Cancellations } from "./cancellations.js";
import type { ResolvedClientLimits } from "./client-limits.js";
import type { ClientRequest, ClientStream, StreamReset } from "./client-request.js";
import { ClientUpkeep } from "./client-upkeep.js";
import { Exchange, type ExchangeOwner } from "./exchange.js";
import { RequestWriter } from "./request-writer.js";
import * as reasons from "./reset-reasons.js";
import { ResponseReader } from "./response-reader.js";

export interface ClientConnectionOptions {
  readonly hooks: ConnectionHooks;
  /** It takes no new requests from here on. Said once, before those that wait are given back. */
  readonly onLeaving: (why: StreamReset) => void;
  /** Someone waits for an answer, or nobody any more. */
  readonly onBusy: (isBusy: boolean) => void;
  readonly limits: ResolvedClientLimits;
  /** The time in ms, by the clock that the sweeps follow. */
  readonly now: number;
}

/**
 * - open: takes requests; they wait until SETTINGS of the server tell how many streams there may be.
 * - leaving: takes no more; those under way are answered.
 * - closed: nothing is read any more, and every caller was told its end.
 */
export type ClientConnectionState = "open" | "leaving" | "closed";

const keepalivePing: Uint8Array = Buffer.from("present?");

/**
 * The calling end of one HTTP/2 connection, the mirror of ServerConnection: requests and bytes go in, calls of receivers
 * and bytes come out, and time comes by `sweep`, about once a second. Nothing thrown by a server's bytes or by a receiver
 * leaves it. Source: RFC 9113.
 *
 * A request that is taken back is reset only as fast as Cancellations allows: a server would take many resets for an
 * attack and end the connection with all that is on it. What still comes for it is thrown away.
 */
export class ClientConnection implements ExchangeOwner {
  readonly #options: ClientConnectionOptions;
  readonly #connection: Connection;
  readonly #requests: RequestWriter;
  readonly #responses: ResponseReader;
  readonly #upkeep: ClientUpkeep;
  readonly #cancellations: Cancellations;
  #state: ClientConnectionState = "open";
  /** Callers that were not told an end. */
  #callerCount = 0;
  #hasServed = false;
  #isPrefaceSent = false;
  #isOutputKnown = false;
  /** Why it leaves or has closed. */
  #why: StreamReset | undefined;
  #lastFault: PeerError | undefined;

  constructor(options: ClientConnectionOptions) {
    const { limits, now } = options;
    this.#options = options;
    this.#upkeep = new ClientUpkeep(limits, now);
    this.#connection = new Connection({
      role: this.#role(),
      limits,
      hooks: this.#streamHooks(),
      onWritten: () => this.#announceOutput(),
      settings: [[SettingId.enablePush, 0]],
      now,
    });
    this.#requests = new RequestWriter(this.#connection, limits);
    this.#responses = new ResponseReader(this.#connection);
    this.#cancellations = new Cancellations({
      perSecond: limits.cancelsPerSecond,
      burst: limits.cancelBurst,
      now,
      resetStream: (stream, code) => this.#connection.resetStream(stream, code),
    });
  }

  get state(): ClientConnectionState {
    return this.#state;
  }

  /** An answer came on it. */
  get hasServed(): boolean {
    return this.#hasServed;
  }

  /** Requests sent whose stream is open, also when nobody waits for it. */
  get streamCount(): number {
    return this.#connection.streams.size;
  }

  /** Requests that wait for a stream. */
  get waitingCount(): number {
    return this.#requests.waitingCount;
  }

  /** Sends a request, or lets it wait until the server takes one more. */
  request(request: ClientRequest): ClientStream {
    const exchange = new Exchange(request, this);
    if (this.#callerCount++ === 0) this.#options.onBusy(true);
    if (this.#why) exchange.end({ ...this.#why, isUnprocessed: true });
    else this.#requests.add(exchange);
    this.#settle();
    return exchange;
  }

  /** Takes bytes of the server; `chunk` may be reused afterwards. */
  receive(chunk: Uint8Array): void {
    if (this.#state === "closed") return;
    this.#upkeep.hasHeard = true;
    this.#guard(() => this.#connection.read(chunk));
  }

  receiveEnd(): void {
    this.#endBroken(reasons.connectionLost("the server closed the connection"));
  }

  /** The bytes to write, in order. */
  takeOutput(): readonly Buffer[] {
    this.#isOutputKnown = false;
    const output = this.#connection.writer.take();
    if (this.#isPrefaceSent) return output;
    this.#isPrefaceSent = true;
    return [Buffer.from(connectionPreface), ...output];
  }

  /** How many of the bytes taken the socket has not written yet: bodies wait while there are many. */
  setUnwrittenBytes(bytes: number): void {
    if (this.#state === "closed") return;
    this.#guard(() => this.#connection.setUnwrittenBytes(bytes));
  }

  /** Looks after everything that depends on time; to be called about once a second with the ms of the clock. */
  sweep(now: number): void {
    if (this.#state === "closed") return;
    this.#guard(() => {
      this.#connection.sweep(now);
      this.#cancellations.sweep(now);
      this.#keepUp(now);
    });
  }

  /** Ends the connection; requests under way are told so. */
  close(): void {
    this.#close(ErrorCode.noError, reasons.clientClosed);
  }

  /** The socket is gone. */
  abort(cause?: Error): void {
    this.#endBroken(cause ? reasons.socketFailed(cause) : reasons.connectionLost("the connection broke"));
    this.#connection.writer.take();
  }

  // What exchanges ask for.

  cancel({ stream }: Exchange, code: ErrorCode): void {
    if (this.#state === "closed") return;
    if (stream) this.#cancellations.cancel(stream, code);
    this.#settle();
  }

  resetOf(stream: Stream, code: number): StreamReset {
    if (this.#state === "closed" && this.#why) return this.#why;
    if (this.#lastFault?.streamId !== stream.id) return reasons.serverReset(code);
    return { by: "fault", code, reason: this.#lastFault.message, isUnprocessed: false };
  }

  failStream(stream: Stream, code: ErrorCode, reason: string): void {
    this.#connection.failStream(stream, code, reason);
  }

  onEnded(exchange: Exchange): void {
    const { hasHeaders, stream } = exchange;
    if (stream === undefined) this.#requests.remove(exchange);
    if (hasHeaders) this.#hasServed = true;
    // An answer before the request was sent in full: the server refuses the rest, or takes and forgets it.
    if (stream?.isRemoteEnded && !stream.isLocalEnded) this.#cancellations.abandon(stream);
    if (--this.#callerCount === 0) this.#options.onBusy(false);
  }

  onFault(error: unknown): void {
    this.#options.hooks.onFault?.(error);
  }

  #role(): ConnectionRole {
    return {
      isIdle: (streamId) => this.#requests.isIdle(streamId),
      onHeaders: (streamId, headers, isEnd) => {
        if (this.#requests.isIdle(streamId)) throw idleStream(streamId);
        this.#responses.onHeaders(streamId, headers, isEnd);
      },
      onEndedFirst: () => {},
      onPong: () => {},
      onGoaway: (lastStreamId, code) => this.#onGoaway(lastStreamId, code),
      // Each belongs to a request of ours: there cannot be too many.
      onPeerReset: () => {},
    };
  }

  /** Output and end are this connection's business. */
  #streamHooks(): ConnectionHooks {
    const { hooks } = this.#options;
    return {
      onOutput: () => {},
      onClose: () => {},
      onLimit: (name) => hooks.onLimit?.(name),
      onFault: (error) => hooks.onFault?.(error),
      onPeerError: (error) => {
        this.#lastFault = error;
        hooks.onPeerError?.(error);
      },
    };
  }

  /** Requests above `lastStreamId` were not looked at. */
  #onGoaway(lastStreamId: number, code: number): void {
    const why = reasons.serverLeft(code);
    this.#leave(why);
    for (const stream of this.#connection.streams.values()) {
      const { receiver } = stream;
      if (stream.id <= lastStreamId || !(receiver instanceof Exchange)) continue;
      this.#connection.closeStream(stream, "reset-by-us");
      receiver.end({ ...why, isUnprocessed: true });
    }
  }

  /** Runs what a server or a receiver can make fail; a failure ends the connection. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
    this.#settle();
  }

  #fail(error: unknown): void {
    const { hooks } = this.#options;
    const isPeers = error instanceof ConnectionError;
    if (error instanceof LimitExceeded) hooks.onLimit?.(error.limit);
    if (isPeers) hooks.onPeerError?.({ code: error.code, message: error.message, streamId: 0 });
    else hooks.onFault?.(error);
    const code = isPeers ? error.code : ErrorCode.internalError;
    this.#close(code, reasons.connectionFailed(error, this.#connection.isSettled));
  }

  /** Does what has become possible: streams have ended, or there may be more of them. */
  #settle(): void {
    if (this.#state === "open") this.#requests.openWaiting();
    if (this.#requests.isUsedUp) this.#leave(reasons.idsUsedUp);
    if (this.#state === "leaving" && this.streamCount === 0) this.close();
    this.#announceOutput();
  }

  #announceOutput(): void {
    if (this.#isOutputKnown || this.#connection.writer.length === 0) return;
    this.#isOutputKnown = true;
    this.#options.hooks.onOutput();
  }

  #keepUp(now: number): void {
    const isBusy = this.#callerCount > 0;
    const hasOpened = this.#requests.takeHasOpened();
    const isUsed = isBusy || hasOpened || this.streamCount > 0;
    const due = this.#upkeep.plan(now, { isSettled: this.#connection.isSettled, isBusy, isUsed });
    if (due === "ping") this.#connection.writer.ping(keepalivePing, false);
    else if (due !== "none") this.#endFor(due);
  }

  #endFor(due: Exclude<Upkeep, "none" | "ping">): void {
    const { settingsTimeoutMs, keepaliveTimeoutMs } = this.#options.limits;
    this.#connection.countLimit(due);
    if (due === "settings_timeout") {
      const reason = `SETTINGS were not exchanged within ${settingsTimeoutMs} ms`;
      this.#close(ErrorCode.settingsTimeout, reasons.connectionLost(reason, ErrorCode.settingsTimeout));
    } else if (due === "keepalive_timeout") {
      const reason = `it did not answer a PING within ${keepaliveTimeoutMs} ms`;
      this.#close(ErrorCode.noError, reasons.connectionLost(reason));
    } else {
      this.close();
    }
  }

  /** Takes no more requests; those that wait are given back. */
  #leave(why: StreamReset): void {
    if (this.#state !== "open") return;
    this.#state = "leaving";
    this.#why = why;
    this.#options.onLeaving(why);
    this.#requests.giveBack(why);
  }

  /** Tells the server, and whoever waits. */
  #close(code: ErrorCode, why: StreamReset): void {
    if (this.#state === "closed") return;
    this.#connection.writer.goaway(0, code, why.by === "close" ? "" : why.reason);
    this.#end(why);
  }

  /** The connection broke; when the server has told why before, that is the reason. */
  #endBroken(why: StreamReset): void {
    if (this.#state === "closed") return;
    const told = this.#why?.code === ErrorCode.noError ? undefined : this.#why;
    this.#end(told ?? why);
  }

  #end(why: StreamReset): void {
    this.#leave(why);
    this.#state = "closed";
    this.#why = why;
    this.#connection.stop();
    this.#connection.closeAllStreams(ErrorCode.cancel);
    this.#options.hooks.onClose();
  }
}

function idleStream(streamId: number): ConnectionError {
  return new ConnectionError(ErrorCode.protocolError, `HEADERS came on stream ${streamId}, which is idle`);
}
