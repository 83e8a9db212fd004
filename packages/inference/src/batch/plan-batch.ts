import type { TensorMap } from "@paddlewheel/core";
import type { BatchLayout } from "./batch-layout.js";
import { BatchShape } from "./batch-shape.js";

/** How requests become runs: what conf says, as far as the model allows it. */
export interface BatchPolicy {
  /** Undefined: every request runs whole and by itself. */
  readonly layout: BatchLayout | undefined;
  /** Rows of one run. */
  readonly maxRows: number;
  /** Sizes at which a batch starts without waiting, and to which a larger one is cut; rising. */
  readonly preferredRows: readonly number[];
  /** How long the first request of a batch may wait for others while a copy of the model is free. */
  readonly maxDelayMs: number;
  /** The last request of a batch may pass `maxRows`. */
  readonly enableOverrun: boolean;
  /** A request may be cut over several runs. */
  readonly allowSplit: boolean;
  /** Fills up rows of smaller inner shapes; undefined when rows of different shapes do not merge. */
  readonly padValue: number | undefined;
}

/** A request in the line, or what is left of one. */
export interface LineEntry {
  readonly inputs: TensorMap;
  readonly rows: number;
  /** It runs by itself: its batch has failed, or its inputs have not the same number of rows. */
  readonly isAlone: boolean;
  /** When it came. */
  readonly since: number;
  /** When somebody stops waiting for it. */
  readonly deadline: number;
}

/** What is known when a batch is formed. */
export interface LineSnapshot<E extends LineEntry> {
  /** In the order they are to be served. */
  readonly line: Iterable<E>;
  /** Rows in the line. */
  readonly rows: number;
  /** Free copies of the model that share the line; at least 1. */
  readonly freeCopies: number;
  readonly now: number;
  /** What a run takes. */
  readonly runMs: number;
}

/** Who runs together. */
interface Filling<E> {
  /** In the order of the line; at least one where anybody waits. */
  readonly entries: readonly E[];
  /** Rows of all of them that run. */
  readonly rows: number;
  /** Rows of the last one that run: where they are fewer than it has, it is cut. Of the others all run. */
  readonly lastRows: number;
}

export interface BatchPlan<E> extends Filling<E> {
  /** Now, or later when more may come until then. */
  readonly startAt: number;
}

/** Entries looked at for one batch, so that many that do not fit together cannot make every look a long one. */
const maxLooks = 1024;

/**
 * Forms the next batch: the first in line, always, and whoever of the others fits with it; who does not keeps its place.
 * A request larger than a batch is cut, or passes the limit, or runs by itself, so that nothing waits for ever.
 * Undefined when the line is empty.
 */
export function planBatch<E extends LineEntry>(
  snapshot: LineSnapshot<E>,
  policy: BatchPolicy,
): BatchPlan<E> | undefined {
  const { now } = snapshot;
  const filling = fillBatch(snapshot, policy, policy.maxRows);
  const { entries, rows, lastRows } = filling;
  if (entries.length === 0) return undefined;
  const preferred = policy.preferredRows.findLast((size) => size <= rows);
  if (preferred === undefined) {
    const startAt = rows >= policy.maxRows ? now : startOf(entries, snapshot, policy);
    return { entries, rows, lastRows, startAt };
  }
  return { ...(rows === preferred ? filling : fillBatch(snapshot, policy, preferred)), startAt: now };
}

function fillBatch<E extends LineEntry>(
  snapshot: LineSnapshot<E>,
  policy: BatchPolicy,
  maxRows: number,
): Filling<E> {
  const enough = Math.min(maxRows, fairShare(snapshot, policy));
  const entries: E[] = [];
  let shape: BatchShape | undefined;
  let rows = 0;
  let lastRows = 0;
  let places = 0;
  let looks = 0;
  for (const entry of snapshot.line) {
    const [first] = entries;
    if (first) {
      if (places >= enough || ++looks > maxLooks) break;
      // Most often nobody else waits: then the shape of the batch need not be known.
      shape ??= shapeOf(first, policy);
      if (entry.isAlone || !shape?.join(entry.inputs)) continue;
    }
    const room = maxRows - places;
    const own = entry.rows <= room ? entry.rows : rowsToTake(entry, { room, isFirst: !first, policy });
    if (own === 0 && entry.rows > 0) continue;
    entries.push(entry);
    rows += own;
    lastRows = own;
    if (entry.isAlone || !policy.layout) break;
    // A request without rows takes a place all the same, or there would be no end to them.
    places += Math.max(own, 1);
  }
  return { entries, rows, lastRows };
}

/** Copies that are free at the same time share the line, unless conf asks for batches of some size. */
function fairShare<E extends LineEntry>(
  { rows, freeCopies }: LineSnapshot<E>,
  { preferredRows, maxDelayMs }: BatchPolicy,
): number {
  if (preferredRows.length > 0 || maxDelayMs > 0) return Number.POSITIVE_INFINITY;
  return Math.ceil(rows / freeCopies);
}

function shapeOf({ inputs }: LineEntry, { layout, padValue }: BatchPolicy): BatchShape | undefined {
  return layout && new BatchShape(layout, inputs, padValue !== undefined);
}

interface Room {
  readonly room: number;
  readonly isFirst: boolean;
  readonly policy: BatchPolicy;
}

/** Of an entry with more rows than there is room for; 0 when it must wait for another batch. */
function rowsToTake({ rows, isAlone }: LineEntry, { room, isFirst, policy }: Room): number {
  if (isAlone || !policy.layout || policy.enableOverrun) return rows;
  if (policy.allowSplit) return room;
  return isFirst ? rows : 0;
}

/** Nobody waits so long for company that no time is left for the run. */
function startOf<E extends LineEntry>(
  entries: readonly E[],
  { now, runMs }: LineSnapshot<E>,
  { maxDelayMs, layout }: BatchPolicy,
): number {
  if (maxDelayMs === 0 || !layout) return now;
  let start = Number.POSITIVE_INFINITY;
  for (const { isAlone, since, deadline } of entries) {
    if (isAlone) return now;
    start = Math.min(start, since + maxDelayMs, deadline - runMs);
  }
  return start;
}
