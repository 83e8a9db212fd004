/**
 * The values of one repeated number field as they lie on the wire, in however many pieces they came: protobuf lets
 * a sender split a packed list, or send the values one by one.
 */
export class PackedValues {
  #pieces: Uint8Array[] = [];
  /** Varints in all pieces; 0 for values of fixed size. */
  varintCount = 0;

  add(piece: Uint8Array, varintCount = 0): void {
    this.#pieces.push(piece);
    this.varintCount += varintCount;
  }

  /** All pieces one after the other: the piece itself when there is one, else a copy. */
  bytes(): Uint8Array {
    const [first] = this.#pieces;
    return first && this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
  }
}
