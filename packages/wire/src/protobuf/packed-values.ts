/**
 * The values of one repeated number field as they lie on the wire, in however many pieces they came: protobuf lets
 * a sender split a packed list, or send the values one by one.
 */
export class PackedValues {
  /** Mostly the only one. */
  #first: Uint8Array | undefined;
  #others: Uint8Array[] | undefined;
  /** Values that came one by one since the last piece, collected: an object for each would cost fifty times its bytes. */
  #loose = noBytes;
  #looseLength = 0;
  /** Varints in all pieces; 0 for values of fixed size. */
  varintCount = 0;

  add(piece: Uint8Array, varintCount = 0): void {
    this.#closeLoose();
    this.#push(piece);
    this.varintCount += varintCount;
  }

  /** Adds one value that came by itself: the bytes of `source` from `start` to `end`. */
  addLoose(source: Uint8Array, start: number, end: number): void {
    const length = this.#looseLength + end - start;
    if (length > this.#loose.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#loose.length, 64));
      larger.set(this.#loose);
      this.#loose = larger;
    }
    for (let i = start; i < end; i++) this.#loose[this.#looseLength++] = source[i] ?? 0;
  }

  /** All pieces one after the other: the piece itself when there is one, else a copy. */
  bytes(): Uint8Array {
    this.#closeLoose();
    const first = this.#first ?? noBytes;
    return this.#others ? Buffer.concat([first, ...this.#others]) : first;
  }

  #push(piece: Uint8Array): void {
    if (this.#first === undefined) this.#first = piece;
    else {
      this.#others ??= [];
      this.#others.push(piece);
    }
  }

  #closeLoose(): void {
    if (this.#looseLength === 0) return;
    this.#push(this.#loose.subarray(0, this.#looseLength));
    this.#loose = noBytes;
    this.#looseLength = 0;
  }
}

const noBytes = new Uint8Array(0);
