import { Priority } from "@paddlewheel/core";
import type { RequestPart } from "./request-run.js";

/**
 * Milliseconds of waiting that one step of priority is worth: a request goes before those of the step below that came up
 * to this much earlier. Whoever has waited longer than that goes first whatever comes, so nobody starves.
 */
export const priorityHeadStartMs = 500;

/** In the order of priority. */
const steps: readonly Priority[] = [Priority.high, Priority.normal, Priority.low];

/** Who came with one priority, first come first; a set gives up any member at once. */
interface Lane {
  readonly parts: Set<RequestPart>;
  rows: number;
}

/** Who waits for a run, in the order they are to be served. */
export class WaitingLine implements Iterable<RequestPart> {
  /** Parts of failed batches go before all others: their turn has come already. */
  readonly #retries = createLane();
  readonly #lanes: readonly Lane[] = steps.map(createLane);
  readonly #all: readonly Lane[] = [this.#retries, ...this.#lanes];

  get size(): number {
    return this.#all.reduce((sum, { parts }) => sum + parts.size, 0);
  }

  /** Rows that wait; a part without rows counts as one. */
  get rows(): number {
    return this.#all.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Rows that go before somebody of this priority who comes now; not counted is who waits long enough to overtake. */
  rowsAhead(priority: Priority): number {
    const own = steps.indexOf(priority);
    return this.#lanes.reduce((sum, { rows }, step) => (step <= own ? sum + rows : sum), this.#retries.rows);
  }

  add(part: RequestPart): void {
    const lane = this.#laneOf(part);
    lane.parts.add(part);
    lane.rows += placesOf(part);
  }

  /** Does nothing when the part does not wait. */
  remove(part: RequestPart): void {
    const lane = this.#laneOf(part);
    if (lane.parts.delete(part)) lane.rows -= placesOf(part);
  }

  /** Takes the first rows of a part that waits; what is left of it keeps its place. */
  cut(part: RequestPart, rows: number): RequestPart {
    const lane = this.#laneOf(part);
    lane.rows -= rows;
    return part.cut(rows);
  }

  *[Symbol.iterator](): Iterator<RequestPart> {
    yield* this.#retries.parts;
    const lanes = this.#lanes.filter(({ parts }) => parts.size > 0);
    const [only] = lanes;
    if (lanes.length === 1 && only) yield* only.parts;
    else yield* mergeLanes(lanes);
  }

  #laneOf({ isRetry, request: { priority } }: RequestPart): Lane {
    return (isRetry ? undefined : this.#lanes[steps.indexOf(priority)]) ?? this.#retries;
  }
}

function createLane(): Lane {
  return { parts: new Set(), rows: 0 };
}

function placesOf({ rows }: RequestPart): number {
  return Math.max(rows, 1);
}

/** All parts by the time they came, each step of priority as if it had come that much earlier. */
function* mergeLanes(lanes: readonly Lane[]): Iterable<RequestPart> {
  const heads = lanes.map(({ parts }) => {
    const rest = parts.values();
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
  readonly rest: Iterator<RequestPart, undefined>;
  first: RequestPart | undefined;
}

const noHead: Head = { rest: [].values(), first: undefined };

function turnOf(part: RequestPart | undefined): number {
  if (!part) return Number.POSITIVE_INFINITY;
  return part.since + steps.indexOf(part.request.priority) * priorityHeadStartMs;
}
