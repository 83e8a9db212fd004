import type { Socket } from "node:net";
import type { CallConnection, CallReceiver } from "./caller.js";
import { encodeRequestHeaders, type ResponseStatus, readResponseStatus } from "./header-block.js";
import {
  contentOf,
  encodeFrame,
  encodeFrameHeader,
  type Frame,
  FrameFlag,
  FrameReader,
  FrameType,
  maxFramePayload,
  Setting,
} from "./http2-frame.js";
import { openSocket } from "./open-socket.js";
import { WriteBatch } from "./write-batch.js";

export interface UnaryConnectionOptions {
  readonly port: number;
  /** `/package.Service/method` */
  readonly path: string;
}

interface Exchange {
  readonly receiver: CallReceiver;
  readonly body: Buffer;
  /** Bytes of `body` already sent. */
  sent: number;
  /** Bytes the server still takes on this stream. */
  window: number;
  answer: Buffer | undefined;
}

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
/** RFC 9113 section 6.9.2 */
const defaultWindow = 65_535;
/** What we let the server send: a stream never needs an update, the connection one per half of this. */
const receiveWindow = 2 ** 30;
/** Distinct header blocks kept; a `date` header makes a new one each second. */
const maxKnownBlocks = 1000;

/**
 * One cleartext HTTP/2 connection for unary gRPC calls, stripped to what a loader needs so that it costs less than any
 * server it loads: no object per stream but a record, all frames of one turn in one write, header blocks known by
 * their bytes.
 */
export class UnaryConnection implements CallConnection {
  readonly #socket: Socket;
  readonly #batch: WriteBatch;
  readonly #reader: FrameReader = new FrameReader();
  readonly #requestHeaders: Buffer;
  readonly #exchanges: Map<number, Exchange> = new Map();
  readonly #knownBlocks: Map<string, ResponseStatus> = new Map();
  #nextStreamId = 1;
  #sendWindow = defaultWindow;
  #streamSendWindow = defaultWindow;
  #received = 0;
  #failure: string | undefined;

  private constructor(socket: Socket, path: string) {
    this.#socket = socket;
    this.#batch = new WriteBatch(socket);
    this.#requestHeaders = encodeRequestHeaders("localhost", path);
    socket.on("data", (chunk: Buffer) => this.#onChunk(chunk));
    socket.on("error", (error) => this.#fail(error.message));
    socket.on("close", () => this.#fail("the server closed the connection"));
    this.#batch.send(preface, settingsFrame(), windowUpdateFrame(receiveWindow - defaultWindow));
  }

  static async open({ port, path }: UnaryConnectionOptions): Promise<UnaryConnection> {
    return new UnaryConnection(await openSocket(port), path);
  }

  /** `body` is the length-prefixed message, and so is the answer; it is one only with grpc-status 0. */
  call(body: Buffer, receiver: CallReceiver): void {
    if (this.#failure !== undefined) {
      receiver.onFailure(this.#failure);
      return;
    }
    const streamId = this.#nextStreamId;
    this.#nextStreamId += 2;
    const exchange = {
      receiver,
      body,
      sent: 0,
      window: this.#streamSendWindow,
      answer: undefined,
    };
    this.#exchanges.set(streamId, exchange);
    const header = { type: FrameType.headers, flags: FrameFlag.endHeaders, streamId };
    this.#batch.send(encodeFrameHeader(header, this.#requestHeaders.length), this.#requestHeaders);
    this.#sendBody(streamId, exchange);
  }

  close(): void {
    this.#fail("the connection was closed");
  }

  /** Sends as much of the body as the windows of stream and connection allow. */
  #sendBody(streamId: number, exchange: Exchange): void {
    const { body } = exchange;
    while (exchange.sent < body.length) {
      const room = Math.min(maxFramePayload, exchange.window, this.#sendWindow);
      if (room <= 0) return;
      const end = Math.min(exchange.sent + room, body.length);
      const flags = end === body.length ? FrameFlag.endStream : 0;
      const part = body.subarray(exchange.sent, end);
      this.#batch.send(encodeFrameHeader({ type: FrameType.data, flags, streamId }, part.length), part);
      exchange.window -= part.length;
      this.#sendWindow -= part.length;
      exchange.sent = end;
    }
  }

  #onChunk(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.read(chunk)) this.#onFrame(frame);
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #onFrame(frame: Frame): void {
    switch (frame.type) {
      case FrameType.data:
        this.#onData(frame);
        break;
      case FrameType.headers:
        this.#onHeaders(frame);
        break;
      case FrameType.resetStream:
        this.#onReset(frame);
        break;
      case FrameType.settings:
        this.#onSettings(frame);
        break;
      case FrameType.ping:
        this.#onPing(frame);
        break;
      case FrameType.windowUpdate:
        this.#onWindowUpdate(frame);
        break;
      case FrameType.goAway:
        this.#fail(`the server sent GOAWAY with error ${frame.payload.readUInt32BE(4)}`);
        break;
    }
  }

  #onData(frame: Frame): void {
    this.#giveBackWindow(frame.payload.length);
    const exchange = this.#exchanges.get(frame.streamId);
    if (!exchange) throw new Error(`DATA came for stream ${frame.streamId}, which is not open`);
    const content = contentOf(frame);
    exchange.answer = exchange.answer ? Buffer.concat([exchange.answer, content]) : content;
    if (frame.flags & FrameFlag.endStream) {
      this.#settle(frame.streamId, "the answer ended without a grpc-status");
    }
  }

  #giveBackWindow(bytes: number): void {
    this.#received += bytes;
    if (this.#received < receiveWindow / 2) return;
    this.#batch.send(windowUpdateFrame(this.#received));
    this.#received = 0;
  }

  #onHeaders(frame: Frame): void {
    // The block of a unary answer is a few dozen bytes; no server has reason to split it.
    if (!(frame.flags & FrameFlag.endHeaders)) throw new Error("a header block came in several frames");
    const status = this.#readStatus(contentOf(frame));
    const exchange = this.#exchanges.get(frame.streamId);
    if (!exchange) throw new Error(`HEADERS came for stream ${frame.streamId}, which is not open`);
    if (status.http !== undefined && status.http !== "200") {
      this.#settle(frame.streamId, `:status is ${status.http}`);
    } else if (frame.flags & FrameFlag.endStream) {
      this.#settle(frame.streamId, status.grpc === "0" ? undefined : `grpc-status is ${status.grpc}`);
    }
  }

  #readStatus(block: Buffer): ResponseStatus {
    const key = block.toString("latin1");
    const known = this.#knownBlocks.get(key);
    if (known) return known;
    const status = readResponseStatus(block);
    if (this.#knownBlocks.size >= maxKnownBlocks) this.#knownBlocks.clear();
    this.#knownBlocks.set(key, status);
    return status;
  }

  #settle(streamId: number, failure: string | undefined): void {
    const exchange = this.#exchanges.get(streamId);
    if (!exchange) return;
    this.#exchanges.delete(streamId);
    if (failure !== undefined) exchange.receiver.onFailure(failure);
    else if (!exchange.answer) exchange.receiver.onFailure("grpc-status is 0 but no message came");
    else exchange.receiver.onAnswer(exchange.answer);
  }

  /** A server may reset a stream it has answered in full; that one is settled and gone. */
  #onReset({ streamId, payload }: Frame): void {
    this.#settle(streamId, `the server reset the stream with error ${payload.readUInt32BE(0)}`);
  }

  #onSettings({ flags, payload }: Frame): void {
    if (flags & FrameFlag.ack) return;
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      const value = payload.readUInt32BE(at + 2);
      if (payload.readUInt16BE(at) === Setting.initialWindowSize) this.#setStreamWindow(value);
    }
    this.#batch.send(
      encodeFrame({
        type: FrameType.settings,
        flags: FrameFlag.ack,
        streamId: 0,
        payload: Buffer.alloc(0),
      }),
    );
  }

  /** RFC 9113 section 6.9.2: a new initial size also moves the windows of streams that are open. */
  #setStreamWindow(size: number): void {
    const change = size - this.#streamSendWindow;
    this.#streamSendWindow = size;
    for (const [streamId, exchange] of this.#exchanges) {
      exchange.window += change;
      this.#sendBody(streamId, exchange);
    }
  }

  #onPing({ flags, payload }: Frame): void {
    if (flags & FrameFlag.ack) return;
    this.#batch.send(encodeFrame({ type: FrameType.ping, flags: FrameFlag.ack, streamId: 0, payload }));
  }

  #onWindowUpdate({ streamId, payload }: Frame): void {
    const increment = payload.readUInt32BE(0) & 0x7fff_ffff;
    if (streamId !== 0) {
      const exchange = this.#exchanges.get(streamId);
      if (!exchange) return;
      exchange.window += increment;
      this.#sendBody(streamId, exchange);
      return;
    }
    this.#sendWindow += increment;
    for (const [id, exchange] of this.#exchanges) this.#sendBody(id, exchange);
  }

  #fail(reason: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    this.#socket.destroy();
    const exchanges = [...this.#exchanges.values()];
    this.#exchanges.clear();
    for (const { receiver } of exchanges) receiver.onFailure(reason);
  }
}

function settingsFrame(): Buffer {
  const settings: readonly (readonly [number, number])[] = [
    [Setting.headerTableSize, 0],
    [Setting.enablePush, 0],
    [Setting.initialWindowSize, receiveWindow],
  ];
  const payload = Buffer.alloc(settings.length * 6);
  for (const [i, [id, value]] of settings.entries()) {
    payload.writeUInt16BE(id, i * 6);
    payload.writeUInt32BE(value, i * 6 + 2);
  }
  return encodeFrame({ type: FrameType.settings, flags: 0, streamId: 0, payload });
}

function windowUpdateFrame(increment: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(increment);
  return encodeFrame({ type: FrameType.windowUpdate, flags: 0, streamId: 0, payload });
}
