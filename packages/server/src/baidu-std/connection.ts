import type { Socket } from "node:net";
import { type ClientIdentity, type Counter, type Logger, Secret, ServeError } from "@paddlewheel/core";
import { ByteQueue, type Flushable, type FlushQueue, useSharedReadBuffer } from "@paddlewheel/http2";
import { FrameCutter, type FrameVisitor, MetaDecoder, type RpcMeta } from "@paddlewheel/wire";
import type { ServerLimits } from "../limits.js";
import { type Placed, PlacedSet } from "../rpc/placed-set.js";
import type { RequestCounts } from "../rpc/request-counts.js";
import { clientIdentityOf } from "../tls/client-identity.js";

/** What all connections of a server share. */
export interface ConnectionHost {
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly queue: FlushQueue;
  readonly refused: RefusalCounters;
  /** A frame has come. */
  onRequest(connection: Connection, meta: RpcMeta, payload: Uint8Array): void;
  /** The meta of a frame that is too large to be read; the connection ends with its answer. */
  onOversized(connection: Connection, meta: RpcMeta, error: ServeError): void;
}

/** Counts what was refused, by the limit. */
export interface RefusalCounters {
  readonly frameSize: Counter;
  readonly frameTimeout: Counter;
  readonly emptyFrames: Counter;
  readonly unwrittenBytes: Counter;
  readonly answerTimeout: Counter;
}

/** A call at work. */
export interface WaitingCall extends Placed {
  /** Nobody waits for its answer any more. */
  cancel(): void;
}

/** Bytes of answers the socket may hold before no more requests are read. */
const maxHeldBytes = 1024 * 1024;

/** How long a peer may go on after it was sent the end of its connection, in ms: time to read why. */
const lingerMs = 1000;

/** One connection: cuts what comes into requests, and brings answers on their way, those of one turn in one write. */
export class Connection implements FrameVisitor, Flushable {
  /** Requests are to be refused: the server is stopping. */
  isDraining = false;
  /** Who is at the other end, by a certificate; undefined without one. */
  readonly client: ClientIdentity | undefined;

  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #cutter: FrameCutter;
  readonly #metas = new MetaDecoder();
  readonly #output = new ByteQueue();
  /** Those that may have to be cancelled. */
  readonly #calls = new PlacedSet<WaitingCall>();
  #callsAtWork = 0;
  #callCount = 0;
  #emptyFrames = 0;
  #isQueued = false;
  #endsWhenIdle = false;
  #lingerTimer: NodeJS.Timeout | undefined;
  #credential: Secret | undefined;
  /** Since the last sweep. */
  #wasActive = false;
  #hasFinishedFrame = false;
  #midFrameSince: number | undefined;

  constructor(socket: Socket, host: ConnectionHost) {
    this.client = clientIdentityOf(socket);
    this.#socket = socket;
    this.#host = host;
    this.#cutter = new FrameCutter({ visitor: this, maxFrameSize: host.limits.maxBodySize });
  }

  /** Takes over the socket; `firstBytes` were read from it already. */
  start(firstBytes: Buffer): void {
    const socket = this.#socket;
    socket.on("close", () => this.#onGone());
    socket.on("drain", () => socket.resume());
    // Node takes bytes that leave for activity too: a peer that reads slowly is not idle.
    socket.setTimeout(this.#host.limits.keepAliveTimeoutMs, () => this.#onIdle());
    socket.on("data", (piece: Buffer) => this.#receive(piece));
    useSharedReadBuffer(socket, (piece) => this.#receive(piece, true));
    this.#receive(firstBytes);
    socket.resume();
  }

  get callsAtWork(): number {
    return this.#callsAtWork;
  }

  /** Its calls; builtin methods are none. */
  get requests(): RequestCounts {
    return { total: this.#callCount, open: this.#callsAtWork };
  }

  /** Every request has its whole answer, or nobody waits for it any more. */

  get isIdle(): boolean {
    const { destroyed, writableLength } = this.#socket;
    return destroyed || (this.#callsAtWork === 0 && this.#output.length === 0 && writableLength === 0);
  }

  onFrame(metaBytes: Uint8Array, payload: Uint8Array): void {
    this.#hasFinishedFrame = true;
    const meta = this.#metas.decode(metaBytes);
    if (!meta.request) this.#countEmptyFrame();
    this.#host.onRequest(this, meta, payload);
  }

  onUnreadableFrame(): void {
    this.#countEmptyFrame();
  }

  onOversizedFrame(metaBytes: Uint8Array, error: ServeError): void {
    this.#host.refused.frameSize.increment();
    this.#host.onOversized(this, this.#metas.decode(metaBytes), error);
    this.stopReading();
  }

  /** Who the peer says it is: as brpc's clients do, in the first request of a connection. */
  credentialOf({ authenticationData }: RpcMeta): Secret | undefined {
    if (authenticationData.length > 0) {
      this.#credential ??= new Secret(Buffer.from(authenticationData).toString("utf8"));
    }
    return this.#credential;
  }

  /** A call is at work, until it is answered. */
  begin(): void {
    this.#callCount++;
    this.#callsAtWork++;
  }

  /** The call is to be cancelled when the peer goes away before its answer. */
  keep(call: WaitingCall): void {
    if (this.#socket.destroyed) call.cancel();
    else this.#calls.add(call);
  }

  /** The call has its answer. */
  forget(call: WaitingCall): void {
    this.#calls.delete(call);
  }

  /** Sends the answer of a call that had begun. */
  answer(...pieces: readonly (Uint8Array | undefined)[]): void {
    this.#callsAtWork--;
    this.send(pieces);
  }

  /** Sends a frame, given in pieces, which must stay as they are. */
  send(pieces: readonly (Uint8Array | undefined)[]): void {
    if (this.#socket.destroyed) return;
    for (const piece of pieces) if (piece) this.#output.append(piece);
    this.#queue();
  }

  /** Reads no more requests, and ends when those that were read are answered. */
  stopReading(): void {
    this.#cutter.stop();
    this.endWhenIdle();
  }

  /** Ends as soon as no call is at work. */
  endWhenIdle(): void {
    this.#endsWhenIdle = true;
    this.#queue();
  }

  /** An answer could not be sent by a fault of ours: its caller must not wait for it. */
  onFault(error: unknown): void {
    this.#host.logger.error({ err: error }, "an answer could not be sent");
    this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Writes the answers of this turn. */
  flush(): void {
    this.#isQueued = false;
    const socket = this.#socket;
    const pieces = this.#output.take();
    if (!socket.writable) return;
    if (pieces.length > 1) socket.cork();
    for (const piece of pieces) socket.write(piece);
    if (pieces.length > 1) socket.uncork();
    this.#settle(socket.writableLength);
  }

  /** Looks after time, now and then. */
  sweep(now: number): void {
    if (!this.#wasActive) this.#output.trim();
    this.#wasActive = false;
    if (this.#timeMidFrame(now) < this.#host.limits.requestTimeoutMs || this.#socket.destroyed) return;
    this.#host.refused.frameTimeout.increment();
    this.destroy();
  }

  /** How long the frame that has begun is on its way, in ms, as far as sweeps have seen. */
  #timeMidFrame(now: number): number {
    const isNew = this.#hasFinishedFrame;
    this.#hasFinishedFrame = false;
    if (!this.#cutter.isMidFrame) this.#midFrameSince = undefined;
    else if (isNew || this.#midFrameSince === undefined) this.#midFrameSince = now;
    return now - (this.#midFrameSince ?? now);
  }

  /** The memory of the piece is the frames', or it is read into again. */
  #receive(piece: Buffer, isShared = false): void {
    this.#wasActive = true;
    try {
      if (isShared) this.#cutter.pushShared(piece);
      else this.#cutter.push(piece);
    } catch (error) {
      // Compat: there is no answer to what cannot be read.
      if (error instanceof ServeError)
        this.#host.logger.debug({ err: error }, "a baidu_std peer broke a rule");
      else this.#host.logger.error({ err: error }, "a baidu_std connection failed inside");
      this.stopReading();
    }
  }

  #countEmptyFrame(): void {
    this.#emptyFrames++;
    if (this.#emptyFrames <= this.#host.limits.maxEmptyFrames) return;
    this.#host.refused.emptyFrames.increment();
    this.stopReading();
  }

  #queue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#host.queue.add(this);
  }

  /** What follows from what the socket still holds. */
  #settle(heldBytes: number): void {
    if (heldBytes > this.#host.limits.maxUnwrittenBytes) {
      this.#host.refused.unwrittenBytes.increment();
      this.destroy();
    } else if (this.#endsWhenIdle && this.#callsAtWork === 0) this.#end();
    else if (heldBytes > maxHeldBytes) this.#socket.pause();
  }

  /** What the peer still sends is dropped; closed at once, it would see a broken connection instead of its answers. */
  #end(): void {
    this.#cutter.stop();
    this.#socket.end(() => {
      this.#lingerTimer ??= setTimeout(() => this.destroy(), lingerMs).unref();
    });
  }

  /** Nothing came and nothing left for long. */
  #onIdle(): void {
    if (this.isIdle) this.#end();
    else if (this.#socket.writableLength > 0) {
      this.#host.refused.answerTimeout.increment();
      this.destroy();
    }
  }

  #onGone(): void {
    clearTimeout(this.#lingerTimer);
    for (const call of this.#calls.members()) call.cancel();
  }
}
