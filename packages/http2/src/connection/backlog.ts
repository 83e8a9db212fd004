import type { HeaderField } from "../hpack/header-field.js";

/** What a stream has still to send, while the peer or the socket makes it wait. */
export class Backlog {
  readonly #pieces: Uint8Array[] = [];
  /** Bytes of the first piece that are sent. */
  #offset = 0;
  #length = 0;
  /** Nothing follows the pieces but perhaps `trailers`. */
  isEnd = false;
  trailers: readonly HeaderField[] | undefined;
  /** Bytes have left since the last sweep. */
  hasMoved = true;
  /** When a sweep last saw that bytes had left, in ms of the clock. */
  movedAt = 0;

  /** Bytes waiting. */
  get length(): number {
    return this.#length;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push(bytes);
    this.#length += bytes.length;
  }

  /** The next bytes, at most `max`, without copying; none when there are none. */
  take(max: number): Uint8Array {
    const [first] = this.#pieces;
    if (!first) return noBytes;
    const bytes = first.subarray(this.#offset, this.#offset + max);
    this.#offset += bytes.length;
    this.#length -= bytes.length;
    this.hasMoved = true;
    if (this.#offset === first.length) {
      this.#pieces.shift();
      this.#offset = 0;
    }
    return bytes;
  }
}

const noBytes = new Uint8Array(0);
