import { LimitExceeded } from "../limits/limit-exceeded.js";

export interface HeaderBlockLimits {
  /** Bytes of one header block as it travels, over all its frames. */
  readonly maxHeaderBlockSize: number;
  /** CONTINUATION frames of one header block. */
  readonly maxContinuations: number;
}

/**
 * The header block being gathered from HEADERS and its CONTINUATIONs. Over a limit the connection ends: a block that
 * is thrown away leaves the tables of HPACK out of step.
 */
export class HeaderBlock {
  readonly #limits: HeaderBlockLimits;
  #streamId = 0;
  #isEnd = false;
  #pieces: Uint8Array[] = [];
  #size = 0;

  constructor(limits: HeaderBlockLimits) {
    this.#limits = limits;
  }

  /** The stream whose CONTINUATION must come next; 0 when no block is open. */
  get streamId(): number {
    return this.#streamId;
  }

  get isEnd(): boolean {
    return this.#isEnd;
  }

  begin(streamId: number, isEnd: boolean): void {
    this.#streamId = streamId;
    this.#isEnd = isEnd;
  }

  /** @throws LimitExceeded when the frame to come is one too many or its bytes are. */
  admit(length: number): void {
    if (this.#size + length > this.#limits.maxHeaderBlockSize) {
      throw new LimitExceeded(
        "header_block",
        `a header block is larger than ${this.#limits.maxHeaderBlockSize} bytes`,
      );
    }
    if (this.#pieces.length > this.#limits.maxContinuations) {
      throw new LimitExceeded(
        "header_block",
        `a header block has more than ${this.#limits.maxContinuations} CONTINUATION frames`,
      );
    }
  }

  /** Copies `piece`, as it is valid only now. */
  add(piece: Uint8Array): void {
    this.#pieces.push(piece.slice());
    this.#size += piece.length;
  }

  /** The whole block; the next one may begin. */
  take(): Uint8Array {
    const block = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#size = 0;
    this.#streamId = 0;
    return block;
  }
}
