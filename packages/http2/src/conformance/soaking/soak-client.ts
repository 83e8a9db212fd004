import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { FrameReader } from "../../frame/frame-reader.js";
import { connectionPreface } from "../../frame/frame-type.js";
import type { FrameVisitor } from "../../frame/frame-visitor.js";
import { FrameWriter } from "../../frame/frame-writer.js";
import type { HeaderField } from "../../hpack/header-field.js";
import { HpackEncoder } from "../../hpack/hpack-encoder.js";
import type { Random } from "../fuzzing/random.js";
import { type SoakPath, soakPaths } from "./soak-handler.js";

/** Requests open at once. */
const maxOpen = 64;
/** Bytes of answers after which the server gets new credit for the connection. */
const creditSize = 32_768;
const cancel = 8;

/** How requests ended. */
export interface SoakCounts {
  answered: number;
  cancelled: number;
  /** By the server, before an answer. */
  reset: number;
}

const lists = new Map<SoakPath, readonly HeaderField[]>(
  soakPaths.map((path) => [
    path,
    [
      { name: ":method", value: "POST" },
      { name: ":scheme", value: "http" },
      { name: ":path", value: path },
      { name: "te", value: "trailers" },
    ],
  ]),
);

/** A client of one connection that cancels some of its requests at any moment, and is polite else. */
export class SoakClient implements FrameVisitor {
  readonly #socket: Socket;
  readonly #random: Random;
  readonly #counts: SoakCounts;
  readonly #writer = new FrameWriter();
  readonly #reader: FrameReader;
  readonly #encoder = new HpackEncoder();
  readonly #open = new Set<number>();
  #left: number;
  #nextId = 1;
  #uncredited = 0;
  #done: () => void = () => {};
  #fail: (error: Error) => void = () => {};

  constructor(options: {
    readonly socket: Socket;
    readonly random: Random;
    readonly requests: number;
    readonly counts: SoakCounts;
  }) {
    this.#socket = options.socket;
    this.#random = options.random;
    this.#left = options.requests;
    this.#counts = options.counts;
    this.#reader = new FrameReader(this, {
      maxFrameSize: 16_384,
      maxHeaderBlockSize: 16_384,
      maxContinuations: 0,
    });
  }

  /** Makes all its requests and closes the connection. @throws Error when the connection ends before. */
  async run(): Promise<void> {
    const finished = new Promise<void>((resolve, reject) => {
      this.#done = resolve;
      this.#fail = reject;
    });
    this.#socket.on("data", (chunk: Uint8Array) => {
      this.#reader.read(chunk);
      this.#goOn();
    });
    this.#socket.on("close", () => this.#fail(new Error("the connection was closed")));
    this.#socket.write(connectionPreface);
    // Windows of the streams that hold any answer.
    this.#writer.settings([[4, 2 ** 24]]);
    this.#goOn();
    await finished;
    this.#socket.removeAllListeners("close").end();
    await once(this.#socket, "close");
  }

  /** Opens requests while there is room, and writes what was made. */
  #goOn(): void {
    while (this.#left > 0 && this.#open.size < maxOpen) this.#request();
    for (const piece of this.#writer.take()) this.#socket.write(piece);
    if (this.#left === 0 && this.#open.size === 0) this.#done();
  }

  #request(): void {
    this.#left--;
    const id = this.#nextId;
    this.#nextId += 2;
    this.#open.add(id);
    const random = this.#random;
    const path = soakPaths[random.oneIn(3) ? random.below(soakPaths.length) : 0] ?? "/echo";
    this.#writer.headers(id, this.#encoder.encode(lists.get(path) ?? []), false);
    if (random.oneIn(40)) this.#cancel(id);
    else this.#body(id, path);
  }

  #body(id: number, path: SoakPath): void {
    const random = this.#random;
    this.#writer.data(id, new Uint8Array(random.below(random.oneIn(20) ? 16_384 : 100)), false);
    if (random.oneIn(40)) {
      this.#cancel(id);
      return;
    }
    this.#writer.data(id, new Uint8Array(random.below(100)), true);
    if (path === "/never" || random.oneIn(40)) this.#cancel(id);
  }

  #cancel(id: number): void {
    this.#writer.rstStream(id, cancel);
    this.#open.delete(id);
    this.#counts.cancelled++;
  }

  onDataStart(_streamId: number, length: number): void {
    this.#uncredited += length;
    if (this.#uncredited < creditSize) return;
    this.#writer.windowUpdate(0, this.#uncredited);
    this.#uncredited = 0;
  }

  onHeaders(streamId: number, _block: Uint8Array, isEnd: boolean): void {
    if (isEnd && this.#open.delete(streamId)) this.#counts.answered++;
  }

  /** Behind an answer that came early it means nothing. */
  onRstStream(streamId: number): void {
    if (this.#open.delete(streamId)) this.#counts.reset++;
  }

  onSettings(): void {
    this.#writer.settingsAck();
  }

  onPing(payload: Uint8Array, isAck: boolean): void {
    if (!isAck) this.#writer.ping(payload, true);
  }

  onGoaway(_lastStreamId: number, code: number): void {
    this.#fail(new Error(`the server ended the connection with code ${code}`));
  }

  onDataPiece(): void {}
  onDataEnd(): void {}
  onPriority(): void {}
  onSettingsAck(): void {}
  onWindowUpdate(): void {}
  onUnknown(): void {}
}

/** Makes requests over a new connection to a port of this machine. */
export async function soakOver(
  port: number,
  options: { readonly random: Random; readonly requests: number; readonly counts: SoakCounts },
): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  await new SoakClient({ socket, ...options }).run();
}
