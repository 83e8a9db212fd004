import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Knows how much of the answers on each connection has not left. One answer may be as large as it likes; several, to
 * requests sent one behind the other, may not wait for a peer that does not read.
 */
export class UnsentAnswers {
  readonly #maxBytes: number;
  /** Bytes by connection. */
  readonly #bytes = new WeakMap<Socket, number>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Counts an answer until it has left or its connection is gone; false when it is too much with those before it. */
  add(socket: Socket, response: ServerResponse, bytes: number): boolean {
    const before = this.#bytes.get(socket) ?? 0;
    if (before > 0 && before + bytes > this.#maxBytes) return false;
    this.#bytes.set(socket, before + bytes);
    response.once("close", () => this.#bytes.set(socket, (this.#bytes.get(socket) ?? 0) - bytes));
    return true;
  }
}
