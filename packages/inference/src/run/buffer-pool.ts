/** Bytes kept at most: enough for the inputs of several workers, little beside the copies of a model that needs them. */
const maxKeptBytes = 64 * 1024 * 1024;

/** Buffers of one size kept at most; as many as threads may have on their way at once. */
const maxKeptPerSize = 32;

/**
 * Bytes from which a buffer is handed to another thread instead of cloned: handing over costs some µs whatever the size, a
 * clone costs a copy on each side. A smaller one never comes back.
 */
export const minTransferBytes = 16_384;

/**
 * Buffers that came back from where they were sent, to be sent again. A fresh buffer of some hundred KB is paged in by the
 * system and counts as pressure for the garbage collector; one that is used again costs neither. Sizes are rounded up
 * to powers of two, so that batches of any number of rows share them.
 */
export class BufferPool {
  readonly #idle = new Map<number, ArrayBuffer[]>();
  #keptBytes = 0;

  /** At least `byteLength` bytes and less than twice as many, whatever is in them: the taker overwrites what it uses. */
  take(byteLength: number): ArrayBuffer {
    if (byteLength < minTransferBytes || byteLength > maxKeptBytes) return new ArrayBuffer(byteLength);
    const size = 2 ** Math.ceil(Math.log2(byteLength));
    const buffer = this.#idle.get(size)?.pop();
    if (!buffer) return new ArrayBuffer(size);
    this.#keptBytes -= size;
    return buffer;
  }

  /** Takes a buffer nobody uses any more. What is of another size, or has no room, is left to the garbage collector. */
  give(buffer: ArrayBuffer): void {
    const { byteLength: size } = buffer;
    if (size < minTransferBytes || size > maxKeptBytes || !Number.isInteger(Math.log2(size))) return;
    if (this.#keptBytes + size > maxKeptBytes) this.clear();
    const idle = this.#idle.get(size) ?? [];
    if (idle.length === maxKeptPerSize) return;
    idle.push(buffer);
    this.#idle.set(size, idle);
    this.#keptBytes += size;
  }

  /** Lets go of all: sizes that no longer come must not keep out those that do. */
  clear(): void {
    this.#idle.clear();
    this.#keptBytes = 0;
  }
}
