import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { ack, firstFrame, frame, type ReceivedFrame } from "./http2-frames.js";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** A client that writes what it is told to and never closes its side by itself. */
export class RawClient {
  readonly socket: Socket;
  /** What the server sent, but for bodies, of which only the sizes are counted. */
  readonly received: ReceivedFrame[] = [];
  /** Bytes of DATA received. */
  dataSize = 0;
  /** The server has closed its side. */
  isEnded = false;
  /** Acknowledges SETTINGS and answers PINGs, so that only what it does besides can be held against it. */
  isPolite = true;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    // The server may reset the connection, which is an end like any other.
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("end", () => {
      this.isEnded = true;
    });
  }

  /** A client that has exchanged SETTINGS with the server; `settings` is the payload of its own. */
  static async connect(port: number, settings: Buffer = Buffer.alloc(0)): Promise<RawClient> {
    const client = await RawClient.silent(port);
    client.write(preface, frame("SETTINGS", { payload: settings }));
    while (client.received.length === 0) await once(client.socket, "data");
    return client;
  }

  /** A client that has sent nothing. */
  static async silent(port: number): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    await once(socket, "connect");
    return new RawClient(socket);
  }

  write(...bytes: readonly Uint8Array[]): void {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(bytes));
  }

  /** Codes of the frames of a kind, in the order they came. */
  codes(type: "RST_STREAM" | "GOAWAY"): readonly number[] {
    return this.received
      .filter((each) => each.type === type)
      .map(({ payload }) => payload.readUInt32BE(payload.length >= 8 ? 4 : 0));
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (let next = firstFrame(this.#rest); next; next = firstFrame(this.#rest)) {
      this.#rest = this.#rest.subarray(9 + next.payload.length);
      this.#take(next);
    }
  }

  #take(next: ReceivedFrame): void {
    if (next.type === "DATA") this.dataSize += next.payload.length;
    else this.received.push(next);
    if (!this.isPolite || next.flags & ack) return;
    if (next.type === "SETTINGS") this.write(frame("SETTINGS", { flags: ack }));
    if (next.type === "PING") this.write(frame("PING", { flags: ack, payload: next.payload }));
  }
}
