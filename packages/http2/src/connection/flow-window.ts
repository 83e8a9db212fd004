/** The largest window there may be. Source: RFC 9113 §6.9.1. */
export const maxWindowSize: number = 2 ** 31 - 1;

/** The window of a stream, and of a connection, before any SETTINGS or WINDOW_UPDATE. Source: RFC 9113 §6.9.2. */
export const initialWindowSize = 65_535;

/** What the peer lets us send. Negative after its SETTINGS took more back than was left. */
export class SendWindow {
  #available: number;

  constructor(size: number) {
    this.#available = size;
  }

  get available(): number {
    return this.#available;
  }

  take(length: number): void {
    this.#available -= length;
  }

  /** Changes the window by what WINDOW_UPDATE or SETTINGS say; false when it would be larger than a window may be. */
  widen(by: number): boolean {
    if (this.#available + by > maxWindowSize) return false;
    this.#available += by;
    return true;
  }
}

/** What we let the peer send. */
export class ReceiveWindow {
  readonly #size: number;
  #available: number;
  /** Bytes taken care of and not announced yet. */
  #released = 0;

  constructor(size: number) {
    this.#size = size;
    this.#available = size;
  }

  /** Counts bytes that come; false when the peer had no right to send them. */
  accept(length: number): boolean {
    this.#available -= length;
    return this.#available >= 0;
  }

  /** Bytes were taken care of; gives the increment to announce, which is 0 until it is half of the window. */
  release(length: number): number {
    this.#released += length;
    if (this.#released * 2 < this.#size) return 0;
    const increment = this.#released;
    this.#available += increment;
    this.#released = 0;
    return increment;
  }
}
