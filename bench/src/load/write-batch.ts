import type { Socket } from "node:net";

/** Bytes up to which copying costs less than writing the parts one by one; a fresh buffer for more costs the most of a large call. */
const maxCopiedBytes = 64 * 1024;

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
    const socket = this.#socket;
    if (socket.destroyed) return;
    const bytes = outgoing.reduce((sum, part) => sum + part.length, 0);
    if (bytes <= maxCopiedBytes) {
      socket.write(Buffer.concat(outgoing, bytes));
      return;
    }
    socket.cork();
    for (const part of outgoing) socket.write(part);
    socket.uncork();
  }
}
