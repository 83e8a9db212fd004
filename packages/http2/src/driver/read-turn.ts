import type { Clock } from "@paddlewheel/core";

/** Something that reads when it is told to, and not while it is told not to. */
export interface Readable {
  pauseReading(): void;
  resumeReading(): void;
}

/** How long a turn may go on reading, in ms: what it has brought is waiting to be answered. */
const maxReadMs = 5;

/**
 * Ends a turn of the event loop that does nothing but read. libuv reads a connection up to 32 times before it looks at
 * the next one, and a peer that sends faster than it is answered keeps it at that: requests come in by the ten thousand
 * before a single one is answered. Whoever reads later than `maxReadMs` into a turn is paused until the turn is over.
 */
export class ReadTurn {
  readonly #clock: Pick<Clock, "now">;
  readonly #defer: (task: () => void) => void;
  #startedAt: number | undefined;
  #paused: Readable[] = [];

  /** @param defer runs a task at the end of the turn */
  constructor(clock: Pick<Clock, "now">, defer: (task: () => void) => void = setImmediate) {
    this.#clock = clock;
    this.#defer = defer;
  }

  /** `reader` has read once, and what it read has been looked at. */
  note(reader: Readable): void {
    const now = this.#clock.now();
    if (this.#startedAt === undefined) {
      this.#startedAt = now;
      this.#defer(this.#end);
    } else if (now - this.#startedAt >= maxReadMs) {
      this.#paused.push(reader);
      reader.pauseReading();
    }
  }

  readonly #end = (): void => {
    const paused = this.#paused;
    this.#startedAt = undefined;
    this.#paused = [];
    for (const reader of paused) reader.resumeReading();
  };
}
