import { EventEmitter } from "node:events";
import type { Socket } from "node:net";

/** The client's end of a connection, whose other end is a test. It opens, brings bytes and breaks when it is told to. */
export class FakeSocket extends EventEmitter {
  readonly written: Uint8Array[] = [];
  readonly writableLength = 0;
  destroyed = false;
  readonly #onOpen: () => void;

  constructor(onOpen: () => void) {
    super();
    this.#onOpen = onOpen;
  }

  /** As connections take it. */
  get socket(): Socket {
    return this as unknown as Socket;
  }

  open(): void {
    if (!this.destroyed) this.#onOpen();
  }

  receive(piece: Uint8Array): void {
    if (!this.destroyed) this.emit("data", Buffer.from(piece));
  }

  fail(code: string): void {
    if (this.destroyed) return;
    this.emit("error", Object.assign(new Error(code), { code }));
    this.destroy();
  }

  write(piece: Uint8Array): boolean {
    this.written.push(piece);
    return true;
  }

  cork(): void {}
  uncork(): void {}
  ref(): void {}
  unref(): void {}

  /** As of a socket, its "close" comes later. */
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    queueMicrotask(() => this.emit("close"));
  }
}
