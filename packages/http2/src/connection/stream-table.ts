import type { Stream } from "./stream.js";

/** How a stream came to its end, which decides what late frames on it mean. */
export type StreamEnd = "ended" | "reset-by-peer" | "reset-by-us";

/**
 * Ends remembered of each kind: frames that cross with our reset arrive within a round trip, in which thousands of streams
 * may end as they should.
 */
const rememberedEnds = 256;

/** The open streams of a connection, and how the last closed ones ended. */
export class StreamTable {
  readonly #open = new Map<number, Stream>();
  readonly #ends: Readonly<Record<StreamEnd, RecentIds>> = {
    ended: new RecentIds(),
    "reset-by-peer": new RecentIds(),
    "reset-by-us": new RecentIds(),
  };

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
    this.#ends[end].add(id);
  }

  /** Undefined for streams that were never opened or closed long ago. */
  endOf(id: number): StreamEnd | undefined {
    const ends = Object.keys(this.#ends) as StreamEnd[];
    return ends.find((end) => this.#ends[end].has(id));
  }
}

/** The last ids that were added. */
class RecentIds {
  readonly #ids = new Uint32Array(rememberedEnds);
  #next = 0;

  add(id: number): void {
    this.#ids[this.#next] = id;
    this.#next = (this.#next + 1) % rememberedEnds;
  }

  has(id: number): boolean {
    return this.#ids.includes(id);
  }
}
