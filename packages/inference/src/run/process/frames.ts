import { deserialize, serialize } from "node:v8";

/** One message between a process and its worker process: a value, and bytes that travel beside it as they are. */
export interface Frame {
  readonly value: unknown;
  readonly parts: readonly Uint8Array[];
}

/** A frame that was read; the memory of each part is its own. */
export interface ReadFrame extends Frame {
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
}

/** What stands before the bytes of a frame, itself behind its length in 4 bytes, little endian. */
interface FrameHead {
  readonly value: unknown;
  readonly sizes: readonly number[];
}

const lengthBytes = 4;

/** Bytes of a head: the strings of a batch are the largest thing in it. */
const maxHeadBytes = 1024 * 1024 * 1024;

/** The buffers of a frame, in the order in which they are written. The parts are not copied. */
export function encodeFrame({ value, parts }: Frame): readonly Uint8Array[] {
  const head: FrameHead = { value, sizes: parts.map(({ byteLength }) => byteLength) };
  const bytes = serialize(head);
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(bytes.byteLength);
  return [length, bytes, ...parts];
}

/**
 * Puts frames together from what a stream brings. Each part is read into memory of its own, so that a typed array of any
 * element type fits it.
 */
export class FrameReader {
  readonly #onFrame: (frame: ReadFrame) => void;
  #target: Uint8Array<ArrayBuffer> = new Uint8Array(lengthBytes);
  #filled = 0;
  #head: FrameHead | undefined;
  #isHeadNext = false;
  #parts: Uint8Array<ArrayBuffer>[] = [];

  constructor(onFrame: (frame: ReadFrame) => void) {
    this.#onFrame = onFrame;
  }

  /** @throws Error when the bytes are no frames; nothing can be read after that. */
  push(chunk: Uint8Array): void {
    let offset = 0;
    while (offset < chunk.byteLength) {
      const wanted = this.#target.byteLength - this.#filled;
      const bytes = chunk.subarray(offset, offset + wanted);
      this.#target.set(bytes, this.#filled);
      this.#filled += bytes.byteLength;
      offset += bytes.byteLength;
      if (bytes.byteLength === wanted) this.#advance();
    }
  }

  /** The target is full. */
  #advance(): void {
    if (this.#head) {
      this.#parts.push(this.#target);
    } else if (this.#isHeadNext) {
      this.#head = deserialize(this.#target) as FrameHead;
    } else {
      this.#isHeadNext = true;
      this.#expect(headLength(this.#target));
      return;
    }
    this.#takeEmptyParts();
    const size = this.#head.sizes[this.#parts.length];
    if (size === undefined) this.#emit();
    else this.#expect(size);
  }

  #takeEmptyParts(): void {
    while (this.#head?.sizes[this.#parts.length] === 0) this.#parts.push(new Uint8Array(0));
  }

  #emit(): void {
    const frame = { value: this.#head?.value, parts: this.#parts };
    this.#head = undefined;
    this.#isHeadNext = false;
    this.#parts = [];
    this.#expect(lengthBytes);
    this.#onFrame(frame);
  }

  #expect(size: number): void {
    this.#target = new Uint8Array(size);
    this.#filled = 0;
  }
}

function headLength(bytes: Uint8Array): number {
  const length = new DataView(bytes.buffer).getUint32(0, true);
  if (length > 0 && length <= maxHeadBytes) return length;
  throw new Error(`a frame has a head of ${length} bytes; it must have 1 to ${maxHeadBytes}`);
}
