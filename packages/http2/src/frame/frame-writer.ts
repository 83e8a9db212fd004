import { ByteQueue } from "./byte-queue.js";
import { FrameFlag, FrameType, frameHeaderSize, minMaxFrameSize } from "./frame-type.js";

/** Below this a loop is faster than TypedArray.set, whose call alone costs as much. */
const minSetSize = 12;

/** Writes frames into the output of one connection. Serves both ends. Source: RFC 9113 §6. */
export class FrameWriter {
  readonly #queue = new ByteQueue();
  /** Largest payload the peer takes, in bytes; its SETTINGS may raise it. */
  maxFrameSize: number = minMaxFrameSize;

  /** Bytes waiting to be taken. */
  get length(): number {
    return this.#queue.length;
  }

  /** All frames written since the last call, in the pieces they lie in. */
  take(): readonly Buffer[] {
    return this.#queue.take();
  }

  /** Lets go of memory kept for the next frames. */
  trim(): void {
    this.#queue.trim();
  }

  /** One DATA frame of at most `maxFrameSize` bytes. Large bodies are kept by reference. */
  data(streamId: number, bytes: Uint8Array, isEnd: boolean): void {
    this.#header(FrameType.data, isEnd ? FrameFlag.endStream : 0, streamId, bytes.length);
    this.#bytes(bytes);
  }

  /** A header block as HEADERS and, when it is larger than a frame may be, CONTINUATION. */
  headers(streamId: number, block: Uint8Array, isEnd: boolean): void {
    const end = isEnd ? FrameFlag.endStream : 0;
    if (block.length <= this.maxFrameSize) {
      this.#header(FrameType.headers, end | FrameFlag.endHeaders, streamId, block.length);
      this.#bytes(block);
      return;
    }
    for (let at = 0; at < block.length; at += this.maxFrameSize) {
      const fragment = block.subarray(at, at + this.maxFrameSize);
      const isLast = at + fragment.length === block.length;
      const flags = (at === 0 ? end : 0) | (isLast ? FrameFlag.endHeaders : 0);
      this.#header(at === 0 ? FrameType.headers : FrameType.continuation, flags, streamId, fragment.length);
      this.#bytes(fragment);
    }
  }

  rstStream(streamId: number, code: number): void {
    this.#header(FrameType.rstStream, 0, streamId, 4);
    this.#uint32(code);
  }

  /** Pairs of identifier and value. */
  settings(entries: readonly (readonly [id: number, value: number])[]): void {
    this.#header(FrameType.settings, 0, 0, entries.length * 6);
    for (const [id, value] of entries) {
      const at = this.#queue.reserve(2);
      this.#queue.slab[at] = id >>> 8;
      this.#queue.slab[at + 1] = id;
      this.#uint32(value);
    }
  }

  settingsAck(): void {
    this.#header(FrameType.settings, FrameFlag.ack, 0, 0);
  }

  /** `payload` is eight bytes. */
  ping(payload: Uint8Array, isAck: boolean): void {
    this.#header(FrameType.ping, isAck ? FrameFlag.ack : 0, 0, 8);
    this.#bytes(payload);
  }

  /** `reason` is for the eyes of whoever runs the peer. */
  goaway(lastStreamId: number, code: number, reason = ""): void {
    const text = Buffer.from(reason, "utf8");
    this.#header(FrameType.goaway, 0, 0, 8 + text.length);
    this.#uint32(lastStreamId);
    this.#uint32(code);
    this.#bytes(text);
  }

  /** `streamId` 0 is the connection. */
  windowUpdate(streamId: number, increment: number): void {
    this.#header(FrameType.windowUpdate, 0, streamId, 4);
    this.#uint32(increment);
  }

  #header(type: number, flags: number, streamId: number, length: number): void {
    const at = this.#queue.reserve(frameHeaderSize);
    const slab = this.#queue.slab;
    slab[at] = length >>> 16;
    slab[at + 1] = length >>> 8;
    slab[at + 2] = length;
    slab[at + 3] = type;
    slab[at + 4] = flags;
    slab[at + 5] = streamId >>> 24;
    slab[at + 6] = streamId >>> 16;
    slab[at + 7] = streamId >>> 8;
    slab[at + 8] = streamId;
  }

  #uint32(value: number): void {
    const at = this.#queue.reserve(4);
    const slab = this.#queue.slab;
    slab[at] = value >>> 24;
    slab[at + 1] = value >>> 16;
    slab[at + 2] = value >>> 8;
    slab[at + 3] = value;
  }

  #bytes(bytes: Uint8Array): void {
    if (bytes.length >= minSetSize) {
      this.#queue.append(bytes);
      return;
    }
    const at = this.#queue.reserve(bytes.length);
    const slab = this.#queue.slab;
    for (let i = 0; i < bytes.length; i++) slab[at + i] = bytes[i] ?? 0;
  }
}
