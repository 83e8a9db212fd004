import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import {
  encodeFrameHead,
  FrameCutter,
  MetaDecoder,
  type OutgoingMeta,
  type RpcMeta,
} from "@paddlewheel/wire";

/** A request as it came to a peer. */
export interface PeerRequest {
  readonly meta: RpcMeta;
  readonly payload: Uint8Array;
  readonly socket: Socket;
  /** Sends a frame back; by default it succeeds with the payload that came. */
  answer(meta?: Partial<OutgoingMeta>, payload?: Uint8Array): void;
  fail(errorCode: number, errorText: string): void;
}

/** The server's end of baidu_std, answering by hand. */
export class BaiduStdPeer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #requests: PeerRequest[] = [];
  #wake: () => void = () => {};
  /** Connections that were made. */
  connectionCount = 0;
  /** Answers whatever comes, when it is set. */
  onRequest: ((request: PeerRequest) => void) | undefined;

  constructor() {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  async start(host = "127.0.0.1"): Promise<this> {
    await once(this.#server.listen(0, host), "listening");
    return this;
  }

  /** `host:port` */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get openCount(): number {
    return this.#sockets.size;
  }

  /** The next request that comes and is not answered by `onRequest`. */
  async next(): Promise<PeerRequest> {
    for (;;) {
      const request = this.#requests.shift();
      if (request) return request;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async take(count: number): Promise<PeerRequest[]> {
    const requests: PeerRequest[] = [];
    while (requests.length < count) requests.push(await this.next());
    return requests;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    const metas = new MetaDecoder();
    this.connectionCount++;
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    const cutter = new FrameCutter({
      maxFrameSize: 2 ** 28,
      visitor: {
        onFrame: (bytes, payload) => this.#receive(requestOf(socket, metas.decode(bytes), payload)),
        onUnreadableFrame: () => socket.destroy(),
        onOversizedFrame: () => socket.destroy(),
      },
    });
    socket.on("data", (piece: Buffer) => cutter.push(piece));
  }

  #receive(request: PeerRequest): void {
    if (this.onRequest) {
      this.onRequest(request);
      return;
    }
    this.#requests.push(request);
    this.#wake();
  }
}

function requestOf(socket: Socket, meta: RpcMeta, payload: Uint8Array): PeerRequest {
  const { correlationId } = meta;
  const answer = (given: Partial<OutgoingMeta> = {}, bytes = payload): void => {
    const response = { errorCode: 0, errorText: "" };
    socket.write(encodeFrameHead({ response, correlationId, ...given }, bytes.length));
    socket.write(bytes);
  };
  const fail = (errorCode: number, errorText: string): void => {
    answer({ response: { errorCode, errorText } }, new Uint8Array(0));
  };
  return { meta, payload, socket, answer, fail };
}
