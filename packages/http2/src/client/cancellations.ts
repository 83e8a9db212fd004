import type { Stream } from "../connection/stream.js";
import { ErrorCode } from "../frame/error-code.js";

export interface CancellationsOptions {
  readonly perSecond: number;
  readonly burst: number;
  /** The time in ms. */
  readonly now: number;
  readonly resetStream: (stream: Stream, code: ErrorCode) => void;
}

/**
 * Resets the streams nobody waits for, no faster than a bucket allows that holds `burst` and fills by `perSecond`. The
 * others are left alone: they end when the server has answered, or are reset by a later sweep.
 */
export class Cancellations {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #resetStream: (stream: Stream, code: ErrorCode) => void;
  readonly #abandoned = new Set<Stream>();
  #left: number;
  #filledAt: number;

  constructor(options: CancellationsOptions) {
    this.#perSecond = options.perSecond;
    this.#burst = options.burst;
    this.#left = options.burst;
    this.#filledAt = options.now;
    this.#resetStream = options.resetStream;
  }

  /** Resets the stream, now or later. */
  cancel(stream: Stream, code: ErrorCode): void {
    if (this.#take()) this.#resetStream(stream, code);
    else this.#abandoned.add(stream);
  }

  /** Resets the stream only if it is open at the next sweep. */
  abandon(stream: Stream): void {
    this.#abandoned.add(stream);
  }

  sweep(now: number): void {
    const earned = ((now - this.#filledAt) * this.#perSecond) / 1000;
    this.#left = Math.min(this.#left + earned, this.#burst);
    this.#filledAt = now;
    for (const stream of this.#abandoned) {
      if (!stream.isGone) {
        if (!this.#take()) return;
        this.#resetStream(stream, ErrorCode.cancel);
      }
      this.#abandoned.delete(stream);
    }
  }

  #take(): boolean {
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
