import { Priority } from "@paddlewheel/core";
import { Lane } from "./lane.js";
import type { RequestPart } from "./request-run.js";

/**
 * Milliseconds of waiting that one step of priority is worth: a request goes before those of the step below that came up
 * to this much earlier. Whoever has waited longer than that goes first whatever comes, so nobody starves.
 */
export const priorityHeadStartMs = 500;

/** In the order of priority. */
const steps: readonly Priority[] = [Priority.high, Priority.normal, Priority.low];

/** Its place in `steps`. */
function stepOf(priority: Priority): number {
  if (priority === Priority.normal) return 1;
  return priority === Priority.high ? 0 : 2;
}

export function isMoreUrgent(priority: Priority, than: Priority): boolean {
  return stepOf(priority) < stepOf(than);
}

/** Who came with one priority. */
interface Level {
  readonly parts: Lane<RequestPart>;
  rows: number;
}

/** Who waits for a run, in the order they are to be served. */
export class WaitingLine implements Iterable<RequestPart> {
  /** Parts of batches that failed or were taken back go before all others: their turn has come already. */
  readonly #retries = createLevel();
  readonly #levels: readonly Level[] = steps.map(createLevel);
  #size = 0;
  #rows = 0;
  /** Nobody who waits has an earlier one. */
  #earliestDeadline = Number.POSITIVE_INFINITY;

  get size(): number {
    return this.#size;
  }

  /** Rows that wait; a part without rows counts as one. */
  get rows(): number {
    return this.#rows;
  }

  /** Rows that go before somebody of this priority who comes now; not counted is who waits long enough to overtake. */
  rowsAhead(priority: Priority): number {
    let rows = this.#retries.rows;
    for (let step = stepOf(priority); step >= 0; step--) rows += this.#levels[step]?.rows ?? 0;
    return rows;
  }

  /** Who came first, of those that were not tried before. */
  get oldest(): RequestPart | undefined {
    let oldest: RequestPart | undefined;
    for (const { parts } of this.#levels) {
      const { first } = parts;
      if (first && (!oldest || first.since < oldest.since)) oldest = first;
    }
    return oldest;
  }

  add(part: RequestPart): void {
    const level = this.#levelOf(part);
    level.parts.add(part);
    this.#size++;
    if (part.deadline < this.#earliestDeadline) this.#earliestDeadline = part.deadline;
    this.#count(level, placesOf(part));
  }

  /** Does nothing when the part does not wait. */
  remove(part: RequestPart): void {
    const level = this.#levelOf(part);
    if (!level.parts.remove(part)) return;
    this.#size--;
    if (this.#size === 0) this.#earliestDeadline = Number.POSITIVE_INFINITY;
    this.#count(level, -placesOf(part));
  }

  /**
   * Asks those whose deadline may have passed, which stops their calls: by their listeners they leave the line. Their
   * timers may be late.
   */
  askLate(now: number): void {
    if (now < this.#earliestDeadline) return;
    this.#earliestDeadline = Number.POSITIVE_INFINITY;
    for (const { request, deadline } of this) {
      if (request.call?.stopReasonAt(now) !== undefined) continue;
      this.#earliestDeadline = Math.min(this.#earliestDeadline, deadline);
    }
  }

  /** Takes the first rows of a part that waits; what is left of it keeps its place. */
  cut(part: RequestPart, rows: number): RequestPart {
    this.#count(this.#levelOf(part), -rows);
    return part.cut(rows);
  }

  [Symbol.iterator](): Iterator<RequestPart> {
    // Most often all that wait are of one priority.
    const only = this.#levels.find(({ parts }) => parts.size === this.#size);
    return only ? only.parts[Symbol.iterator]() : this.#inTurn();
  }

  *#inTurn(): Iterator<RequestPart> {
    yield* this.#retries.parts;
    yield* mergeLevels(this.#levels);
  }

  #count(level: Level, rows: number): void {
    level.rows += rows;
    this.#rows += rows;
  }

  #levelOf({ isRetry, request: { priority } }: RequestPart): Level {
    return (isRetry ? undefined : this.#levels[stepOf(priority)]) ?? this.#retries;
  }
}

function createLevel(): Level {
  return { parts: new Lane(), rows: 0 };
}

function placesOf({ rows }: RequestPart): number {
  return Math.max(rows, 1);
}

/** All parts by the time they came, each step of priority as if it had come that much earlier. */
function* mergeLevels(levels: readonly Level[]): Iterable<RequestPart> {
  const heads = levels.map(({ parts }) => {
    const rest = parts[Symbol.iterator]();
    return { rest, first: rest.next().value };
  });
  for (;;) {
    const next = heads.reduce(
      (best, head) => (turnOf(head.first) < turnOf(best.first) ? head : best),
      noHead,
    );
    if (!next.first) return;
    yield next.first;
    next.first = next.rest.next().value;
  }
}

interface Head {
  readonly rest: Iterator<RequestPart>;
  first: RequestPart | undefined;
}

const noHead: Head = { rest: [].values(), first: undefined };

function turnOf(part: RequestPart | undefined): number {
  if (!part) return Number.POSITIVE_INFINITY;
  return part.since + stepOf(part.request.priority) * priorityHeadStartMs;
}
