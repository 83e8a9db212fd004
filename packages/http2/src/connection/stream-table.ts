import type { Stream } from "./stream.js";

/** How a stream came to its end, which decides what late frames on it mean. */
export type StreamEnd = "ended" | "reset-by-peer" | "reset-by-us";

/** Ends remembered: frames that cross with our reset arrive within a round trip. A power of two. */
const rememberedEnds = 256;

/** The open streams of a connection, and how the last closed ones ended. */
export class StreamTable {
  readonly #open = new Map<number, Stream>();
  readonly #endedIds = new Uint32Array(rememberedEnds);
  readonly #ends: StreamEnd[] = new Array<StreamEnd>(rememberedEnds).fill("ended");
  #next = 0;

  get size(): number {
    return this.#open.size;
  }

  /** The open streams; one may be closed while they are walked. */
  values(): IterableIterator<Stream> {
    return this.#open.values();
  }

  get(id: number): Stream | undefined {
    return this.#open.get(id);
  }

  open(stream: Stream): void {
    this.#open.set(stream.id, stream);
  }

  close(stream: Stream, end: StreamEnd): void {
    stream.isGone = true;
    this.#open.delete(stream.id);
    this.remember(stream.id, end);
  }

  /** Notes the end of a stream, which need not have been opened here. */
  remember(id: number, end: StreamEnd): void {
    this.#endedIds[this.#next] = id;
    this.#ends[this.#next] = end;
    this.#next = (this.#next + 1) % rememberedEnds;
  }

  /** Undefined for streams that were never opened or closed long ago. */
  endOf(id: number): StreamEnd | undefined {
    const at = this.#endedIds.indexOf(id);
    return at < 0 ? undefined : this.#ends[at];
  }
}
