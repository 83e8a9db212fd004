/**
 * Small writes share a slab of this many bytes, which lasts about 200 unary answers; what is left of it after a turn
 * serves the next, so a slab is asked for once in 16 KiB and never used twice.
 */
const slabSize = 16_384;

/** Bytes from this size on are passed on as they are: copying more than this costs more than one more piece to write. */
const minReferencedSize = 8192;

/**
 * Bytes to be written, in order. Small ones are copied side by side into one buffer; large ones are kept by
 * reference, so whoever appends them must leave them alone until they are on their way.
 */
export class ByteQueue {
  #slab: Buffer = noBytes;
  /** What was written into the slab and belongs to no piece yet lies between these. */
  #start = 0;
  #end = 0;
  #pieces: Buffer[] = [];
  #piecesLength = 0;

  /** Bytes waiting to be taken. */
  get length(): number {
    return this.#piecesLength + this.#end - this.#start;
  }

  /** Makes room for `size` bytes, at most 16 KiB, and gives their place in `slab`. The caller fills all of it. */
  reserve(size: number): number {
    if (this.#end + size > this.#slab.length) {
      this.#seal();
      this.#slab = Buffer.allocUnsafeSlow(slabSize);
      this.#start = 0;
      this.#end = 0;
    }
    const at = this.#end;
    this.#end += size;
    return at;
  }

  /** Where the bytes last reserved lie. */
  get slab(): Uint8Array {
    return this.#slab;
  }

  append(bytes: Uint8Array): void {
    if (bytes.length < minReferencedSize) {
      const at = this.reserve(bytes.length);
      this.#slab.set(bytes, at);
      return;
    }
    this.#seal();
    this.#push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  /** All bytes that wait, in as few pieces as they lie in; the queue is empty then. */
  take(): readonly Buffer[] {
    this.#seal();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#piecesLength = 0;
    return pieces;
  }

  /** Lets go of the slab of a queue that is not in use. */
  trim(): void {
    if (this.length > 0) return;
    this.#slab = noBytes;
    this.#start = 0;
    this.#end = 0;
  }

  /** What lies in the slab becomes a piece. */
  #seal(): void {
    if (this.#end === this.#start) return;
    this.#push(this.#slab.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }

  #push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#piecesLength += piece.length;
  }
}

const noBytes: Buffer = Buffer.alloc(0);
