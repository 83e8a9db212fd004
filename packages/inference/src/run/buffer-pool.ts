/** Bytes kept at most: enough for the inputs of several workers, little beside the copies of a model that needs them. */
const maxKeptBytes = 64 * 1024 * 1024;

/** Buffers of one size kept at most; as many as threads may have on their way at once. */
const maxKeptPerSize = 32;

/**
 * Buffers that came back from where they were sent, for the next of the same size. A fresh buffer of some hundred KB is
 * paged in by the system and counts as pressure for the garbage collector; one that is used again costs neither.
 */
export class BufferPool {
  readonly #idle = new Map<number, ArrayBuffer[]>();
  #keptBytes = 0;

  /** Just `size` bytes, whatever is in them: the taker overwrites all. Undefined when there is none of that size. */
  take(size: number): ArrayBuffer | undefined {
    const buffer = this.#idle.get(size)?.pop();
    if (buffer) this.#keptBytes -= size;
    return buffer;
  }

  /** Takes a buffer nobody uses any more. What there is no room for is left to the garbage collector. */
  give(buffer: ArrayBuffer): void {
    const { byteLength: size } = buffer;
    if (size === 0 || size > maxKeptBytes) return;
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
