import { ConnectionError } from "../frame/connection-error.js";
import { ErrorCode } from "../frame/error-code.js";
import { connectionPreface } from "../frame/frame-type.js";
import type { Http2Limits, LimitName } from "../limits/http2-limits.js";
import { LimitExceeded } from "../limits/limit-exceeded.js";
import { Connection } from "./connection.js";
import type { ConnectionHooks } from "./connection-hooks.js";
import { maxWindowSize } from "./flow-window.js";
import type { ConnectionRole } from "./peer-frames.js";
import { RequestReader } from "./request-reader.js";
import { SettingId } from "./settings.js";
import type { StreamHandler } from "./stream-handler.js";
import { planUpkeep, type Upkeep } from "./upkeep.js";

export interface ServerConnectionOptions {
  readonly handler: StreamHandler;
  readonly hooks: ConnectionHooks;
  readonly limits: Http2Limits;
  /** The time in ms, by the clock that the sweeps follow. */
  readonly now: number;
  /** A number from 0 to below 1: where in its ± 10 % the greatest age of this connection lies. */
  readonly chance: number;
}

/**
 * - open: takes requests.
 * - leaving: the peer was asked to send no new requests; those on their way are still taken.
 * - draining: the peer was told which request was the last; later ones are refused.
 * - closed: nothing is read any more.
 */
export type ConnectionState = "open" | "leaving" | "draining" | "closed";

/** Payloads of our PINGs, told apart when they come back. */
const leavingPing: Uint8Array = Buffer.from("leaving.");
const keepalivePing: Uint8Array = Buffer.from("present?");

/**
 * The last request is named so long after the peer was asked to send no more, in ms, when it has answered our PING, and
 * so long when it has not. An answer alone does not do: peers send it ahead of requests they had queued before.
 */
const leaveGraceMs = 500;
const leaveTimeoutMs = 2000;

/**
 * The serving end of one HTTP/2 connection: bytes go in, calls of a StreamHandler and bytes come out. No sockets, no
 * timers: the owner brings bytes, takes bytes when `onOutput` says so, and calls `sweep` about once a second.
 * Nothing thrown by a peer's bytes or by a handler leaves it. Source: RFC 9113.
 */
export class ServerConnection {
  readonly #connection: Connection;
  readonly #requests: RequestReader;
  readonly #hooks: ConnectionHooks;
  readonly #limits: Http2Limits;
  #state: ConnectionState = "open";
  #prefaceLength = 0;
  #isOutputKnown = false;

  readonly #startedAt: number;
  readonly #maxAgeMs: number;
  /** The time of the last sweep, which is exact enough for all that is measured here. */
  #now: number;
  #hasHeard = true;
  #heardAt: number;
  #pingedAt: number | undefined;
  #idleSince: number | undefined;
  /** Set by the first sweep that finds the connection going. */
  #leavingSince: number | undefined;
  #isLeaveKnown = false;

  constructor(options: ServerConnectionOptions) {
    const { limits, now, hooks } = options;
    this.#limits = limits;
    this.#hooks = hooks;
    this.#startedAt = now;
    this.#now = now;
    this.#heardAt = now;
    this.#maxAgeMs = limits.maxAgeMs * (0.9 + 0.2 * options.chance);
    this.#connection = new Connection({
      role: this.#role(),
      limits,
      hooks,
      onWritten: () => this.#announceOutput(),
      settings: [[SettingId.maxConcurrentStreams, limits.maxConcurrentStreams]],
      now,
    });
    this.#requests = new RequestReader(this.#connection, options.handler, limits);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Requests that are not answered in full. */
  get streamCount(): number {
    return this.#connection.streams.size;
  }

  /** Requests that came so far; refused ones are among them. */
  get requestCount(): number {
    return this.#requests.requestCount;
  }

  /** Takes bytes of the peer; `chunk` may be reused afterwards. */
  receive(chunk: Uint8Array): void {
    if (this.#state === "closed") return;
    this.#hasHeard = true;
    this.#guard(() => this.#connection.read(this.#afterPreface(chunk)));
  }

  /** The peer will send no more. */
  receiveEnd(): void {
    this.close();
  }

  /** The bytes to write, in order. */
  takeOutput(): readonly Buffer[] {
    this.#isOutputKnown = false;
    return this.#connection.writer.take();
  }

  /** How many of the bytes taken the socket has not written yet: answers wait while there are many. */
  setUnwrittenBytes(bytes: number): void {
    if (this.#state === "closed") return;
    this.#guard(() => this.#connection.setUnwrittenBytes(bytes));
  }

  /** Looks after everything that depends on time; to be called about once a second with the ms of the clock. */
  sweep(now: number): void {
    if (this.#state === "closed") return;
    this.#now = now;
    this.#guard(() => {
      this.#connection.sweep(now);
      this.#takeStock();
      this.#keepUp();
    });
  }

  /** Asks the peer to take new requests elsewhere; those under way are answered, then the connection closes. */
  shutdown(): void {
    if (this.#state !== "open") return;
    this.#state = "leaving";
    this.#connection.writer.goaway(maxWindowSize, ErrorCode.noError);
    this.#connection.writer.ping(leavingPing, false);
    this.#announceOutput();
  }

  /** Ends the connection: the peer is told why, and the receivers of open streams are told too. */
  close(code: ErrorCode = ErrorCode.noError, reason = ""): void {
    if (this.#state === "closed") return;
    this.#connection.writer.goaway(this.#requests.lastTakenId, code, reason);
    this.#end(code === ErrorCode.noError ? ErrorCode.cancel : code);
  }

  /** The socket is gone. */
  abort(): void {
    if (this.#state === "closed") return;
    this.#end(ErrorCode.cancel);
    this.#connection.writer.take();
  }

  #role(): ConnectionRole {
    return {
      isIdle: (streamId) => this.#requests.isIdle(streamId),
      onHeaders: (streamId, headers, isEnd) => this.#requests.onHeaders(streamId, headers, isEnd),
      onEndedFirst: (stream) => this.#connection.resetStream(stream, ErrorCode.noError),
      onPong: (payload) => {
        if (Buffer.compare(payload, leavingPing) === 0) this.#isLeaveKnown = true;
      },
      onGoaway: () => this.#drain(),
      onPeerReset: () => this.#connection.countReset(),
    };
  }

  /** What of `chunk` lies behind the preface, which may come in pieces. */
  #afterPreface(chunk: Uint8Array): Uint8Array {
    const missing = connectionPreface.length - this.#prefaceLength;
    if (missing === 0) return chunk;
    const piece = chunk.subarray(0, missing);
    const expected = connectionPreface.subarray(this.#prefaceLength, this.#prefaceLength + piece.length);
    if (Buffer.compare(piece, expected) !== 0) {
      throw new ConnectionError(ErrorCode.protocolError, "this is not the preface of HTTP/2");
    }
    this.#prefaceLength += piece.length;
    return chunk.subarray(piece.length);
  }

  /** Runs what a peer or a handler can make fail; a failure ends the connection. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
    this.#announceOutput();
  }

  #fail(error: unknown): void {
    if (error instanceof LimitExceeded) this.#hooks.onLimit?.(error.limit);
    if (error instanceof ConnectionError) {
      this.#hooks.onPeerError?.({ code: error.code, message: error.message, streamId: 0 });
      this.close(error.code, error.message);
    } else {
      this.#hooks.onFault?.(error);
      this.close(ErrorCode.internalError);
    }
  }

  #announceOutput(): void {
    if (this.#state === "draining" && this.streamCount === 0) this.#end(ErrorCode.noError);
    if (this.#isOutputKnown || this.#connection.writer.length === 0) return;
    this.#isOutputKnown = true;
    this.#hooks.onOutput();
  }

  /** Names the last request that is taken. */
  #drain(): void {
    if (this.#state !== "open" && this.#state !== "leaving") return;
    this.#state = "draining";
    this.#requests.isRefusing = true;
    this.#connection.writer.goaway(this.#requests.lastTakenId, ErrorCode.noError);
  }

  #end(code: ErrorCode): void {
    this.#state = "closed";
    this.#connection.stop();
    this.#connection.closeAllStreams(code);
    this.#hooks.onClose();
  }

  /** Brings the ages of the connection up to the time of the sweep. */
  #takeStock(): void {
    if (this.#hasHeard) {
      this.#hasHeard = false;
      this.#heardAt = this.#now;
      this.#pingedAt = undefined;
    }
    const isUsed = this.streamCount > 0 || this.#requests.takeHasOpened();
    this.#idleSince = isUsed ? undefined : (this.#idleSince ?? this.#now);
    if (this.#state !== "open") this.#leavingSince ??= this.#now;
    if (this.#state === "leaving") this.#leave(this.#now - (this.#leavingSince ?? this.#now));
  }

  #leave(leavingForMs: number): void {
    if (leavingForMs >= (this.#isLeaveKnown ? leaveGraceMs : leaveTimeoutMs)) this.#drain();
  }

  #keepUp(): void {
    const connection = this.#connection;
    const due = planUpkeep(
      {
        now: this.#now,
        startedAt: this.#startedAt,
        isSettled: connection.isSettled,
        heardAt: this.#heardAt,
        pingedAt: this.#pingedAt,
        idleSince: this.#idleSince,
        drainingSince: this.#leavingSince,
        maxAgeMs: this.#maxAgeMs,
      },
      this.#limits,
    );
    if (due === "none") return;
    if (due === "ping") {
      connection.writer.ping(keepalivePing, false);
      this.#pingedAt = this.#now;
      return;
    }
    connection.countLimit(due);
    this.#endFor(due);
  }

  #endFor(due: Extract<LimitName, Upkeep>): void {
    switch (due) {
      case "connection_idle":
      case "connection_age":
        this.shutdown();
        break;
      case "settings_timeout":
        this.close(ErrorCode.settingsTimeout, "SETTINGS did not come, or ours were not acknowledged");
        break;
      case "keepalive_timeout":
        this.close(ErrorCode.noError, "a PING was not answered");
        break;
      case "drain_timeout":
        this.close(ErrorCode.noError, "the time to finish open streams is over");
        break;
    }
  }
}
