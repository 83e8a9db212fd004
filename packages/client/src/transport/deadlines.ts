import type { Clock, Timer } from "@paddlewheel/core";

/** Something that has to be over by a certain time. */
export interface Timed {
  onDeadline(): void;
}

/** Takes a deadline back. */
export interface Deadline {
  /** After this `onDeadline` is not called; calling it again, or after the deadline, does nothing. */
  cancel(): void;
}

/**
 * The deadlines of many calls on few timers. Calls mostly have the same time, so those of one length stand in one line,
 * in the order they fall due; only the first of a line has a timer, which is left alone when that call ends early. Adding
 * and taking back is then a matter of some links. A line that is empty goes when its timer fires, after at most its
 * length.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #lines = new Map<number, Line>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param delayMs is rounded up to whole milliseconds. */
  add(timed: Timed, delayMs: number): Deadline {
    const length = Math.ceil(delayMs);
    let line = this.#lines.get(length);
    if (!line) {
      line = new Line(this.#clock, length, () => this.#lines.delete(length));
      this.#lines.set(length, line);
    }
    return line.add(timed);
  }
}

class Line {
  readonly #clock: Clock;
  readonly #length: number;
  readonly #onEmpty: () => void;
  #first: Entry | undefined;
  #last: Entry | undefined;
  #timer: Timer | undefined;

  constructor(clock: Clock, length: number, onEmpty: () => void) {
    this.#clock = clock;
    this.#length = length;
    this.#onEmpty = onEmpty;
  }

  add(timed: Timed): Deadline {
    const entry = new Entry(this, timed, this.#clock.now() + this.#length);
    entry.previous = this.#last;
    if (this.#last) this.#last.next = entry;
    else this.#first = entry;
    this.#last = entry;
    this.#timer ??= this.#clock.setTimer(this.#onTimer, this.#length);
    return entry;
  }

  remove(entry: Entry): void {
    const { previous, next } = entry;
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
  }

  readonly #onTimer = (): void => {
    const now = this.#clock.now();
    while (this.#first && this.#first.dueAt <= now) this.#first.expire();
    this.#timer = this.#first && this.#clock.setTimer(this.#onTimer, this.#first.dueAt - now);
    if (!this.#timer) this.#onEmpty();
  };
}

class Entry implements Deadline {
  readonly dueAt: number;
  previous: Entry | undefined;
  next: Entry | undefined;
  readonly #timed: Timed;
  #line: Line | undefined;

  constructor(line: Line, timed: Timed, dueAt: number) {
    this.#line = line;
    this.#timed = timed;
    this.dueAt = dueAt;
  }

  cancel(): void {
    this.#line?.remove(this);
    this.#line = undefined;
  }

  expire(): void {
    this.cancel();
    this.#timed.onDeadline();
  }
}
