import { Code, ServeError } from "@paddlewheel/core";
import { messageTooLarge } from "@paddlewheel/wire";
import type { ServerLimits } from "../limits.js";

/** Collects a body that comes in pieces, and refuses what grows beyond the limits. */
export class BodyCollector {
  /** @throws ServeError messageTooLarge, and what `fail` is given. */
  readonly body: Promise<Buffer>;
  readonly #limits: ServerLimits;
  readonly #pieces: Buffer[] = [];
  #size = 0;
  #isOver = false;
  #resolve: (body: Buffer) => void = () => {};
  #reject: (error: ServeError) => void = () => {};

  /** @param contentLength the header, where there is one. */
  constructor(limits: ServerLimits, contentLength: string | undefined) {
    this.#limits = limits;
    this.body = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A request may be answered without a look at its body.
    this.body.catch(() => {});
    if (contentLength !== undefined && Number(contentLength) > limits.maxBodySize) {
      this.fail(messageTooLarge(contentLength, limits.maxBodySize));
    }
  }

  /** The body is whole or has failed; further pieces are dropped. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Bytes that have come. */
  get size(): number {
    return this.#size;
  }

  /** Keeps the piece as it is. */
  add(piece: Buffer): void {
    if (this.#isOver) return;
    const { maxBodySize, maxBodyChunks } = this.#limits;
    this.#size += piece.length;
    this.#pieces.push(piece);
    if (this.#size > maxBodySize) this.fail(messageTooLarge(`${this.#size} or more`, maxBodySize));
    else if (this.#pieces.length > maxBodyChunks) {
      this.fail(new ServeError(Code.messageTooLarge, `body: more than ${maxBodyChunks} chunks`));
    }
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const [only, second] = this.#pieces;
    this.#resolve(only && !second ? only : Buffer.concat(this.#pieces, this.#size));
  }

  fail(error: ServeError): void {
    this.#isOver = true;
    this.#pieces.length = 0;
    this.#reject(error);
  }
}
