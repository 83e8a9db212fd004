import { connect, type Socket } from "node:net";
import {
  encodeFrameHead,
  FrameCutter,
  MetaDecoder,
  type OutgoingMeta,
  type RpcMeta,
} from "@paddlewheel/wire";

/** An answer as it came; undefined when the connection ended before. */
export type BaiduStdAnswer = { readonly meta: RpcMeta; readonly payload: Uint8Array } | undefined;

/** The client's end of a baidu_std connection, with any number of calls at once. */
export class BaiduStdConnection {
  readonly #socket: Socket;
  readonly #waiting = new Map<bigint, (answer: BaiduStdAnswer) => void>();
  #lastId = 0n;

  constructor(port: number) {
    const metas = new MetaDecoder();
    const cutter = new FrameCutter({
      maxFrameSize: 2 ** 26,
      visitor: {
        onFrame: (bytes, payload) => this.#receive({ meta: metas.decode(bytes), payload }),
        onUnreadableFrame: () => this.close(),
        onOversizedFrame: () => this.close(),
      },
    });
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (piece: Buffer) => cutter.push(piece));
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => this.#end());
  }

  get isOver(): boolean {
    return this.#socket.destroyed;
  }

  call(
    request: NonNullable<OutgoingMeta["request"]>,
    message: Uint8Array,
    meta: OutgoingMeta = {},
  ): Promise<BaiduStdAnswer> {
    const correlationId = ++this.#lastId;
    if (this.#socket.destroyed) return Promise.resolve(undefined);
    this.#socket.write(encodeFrameHead({ ...meta, request, correlationId }, message.length));
    this.#socket.write(message);
    return new Promise((resolve) => this.#waiting.set(correlationId, resolve));
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(answer: NonNullable<BaiduStdAnswer>): void {
    const id = answer.meta.correlationId;
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }

  #end(): void {
    for (const resolve of this.#waiting.values()) resolve(undefined);
    this.#waiting.clear();
  }
}
