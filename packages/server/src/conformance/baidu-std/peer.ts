import { once } from "node:events";
import { connect, type Socket } from "node:net";
import {
  encodeFrameHead,
  FrameCutter,
  type FrameVisitor,
  MetaDecoder,
  type OutgoingMeta,
  type RpcMeta,
} from "@paddlewheel/wire";

/** A frame as the server sent it. */
export interface Answer {
  readonly meta: RpcMeta;
  readonly payload: Buffer;
}

/** The other end of a baidu_std connection: sends any bytes, and gives the answers as they come. */
export class BaiduStdPeer implements FrameVisitor {
  readonly socket: Socket;
  /** Settled when the connection is over, however it ended. */
  readonly closed: Promise<void>;
  readonly #cutter = new FrameCutter({ visitor: this, maxFrameSize: 2 ** 30 });
  readonly #metas = new MetaDecoder();
  readonly #answers: Answer[] = [];
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        resolve();
        this.#wake();
      });
    });
    socket.on("error", () => {});
    socket.on("data", (piece: Buffer) => this.#receive(piece));
  }

  static async connect(port: number): Promise<BaiduStdPeer> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    return new BaiduStdPeer(socket);
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The next answer, in the order they come; undefined when the connection is over before. */
  async next(): Promise<Answer | undefined> {
    while (this.#answers.length === 0 && !this.socket.destroyed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#answers.shift();
  }

  close(): void {
    this.socket.destroy();
  }

  #receive(piece: Buffer): void {
    try {
      this.#cutter.push(piece);
    } catch {
      // Another protocol answered.
      this.#cutter.stop();
    }
  }

  onFrame(meta: Uint8Array, payload: Uint8Array): void {
    this.#answers.push({ meta: this.#metas.decode(meta), payload: Buffer.from(payload) });
    this.#wake();
  }

  onUnreadableFrame(): void {
    throw new Error("the server sent a frame that cannot be read");
  }

  onOversizedFrame(): void {
    throw new Error("the server sent a frame of more than 1 GiB");
  }
}

/** A whole frame. */
export function frameOf(meta: OutgoingMeta, payload: Uint8Array | string = ""): Buffer {
  const bytes = Buffer.from(payload);
  return Buffer.concat([encodeFrameHead(meta, bytes.length), bytes]);
}
