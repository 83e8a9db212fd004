import type { TensorMap } from "@paddlewheel/core";
import { type BatchLayout, countRows } from "./batch-layout.js";
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

/** The first `rows` rows of an entry. */
export interface PlannedPart<E> {
  readonly entry: E;
  readonly rows: number;
}

export interface BatchPlan<E> {
  readonly parts: readonly PlannedPart<E>[];
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
  const parts = fillBatch(snapshot, policy, policy.maxRows);
  if (parts.length === 0) return undefined;
  const rows = countRows(parts);
  const preferred = policy.preferredRows.findLast((size) => size <= rows);
  if (preferred === undefined) {
    return { parts, startAt: rows >= policy.maxRows ? now : startOf(parts, snapshot, policy) };
  }
  return { parts: rows === preferred ? parts : fillBatch(snapshot, policy, preferred), startAt: now };
}

function fillBatch<E extends LineEntry>(
  snapshot: LineSnapshot<E>,
  policy: BatchPolicy,
  maxRows: number,
): PlannedPart<E>[] {
  const enough = Math.min(maxRows, fairShare(snapshot, policy));
  const parts: PlannedPart<E>[] = [];
  let shape: BatchShape | undefined;
  let taken = 0;
  let looks = 0;
  for (const entry of snapshot.line) {
    const isFirst = parts.length === 0;
    if (!isFirst && (taken >= enough || ++looks > maxLooks)) break;
    if (!isFirst) {
      // Most often nobody else waits: then the shape of the batch need not be known.
      shape ??= shapeOf(parts, policy);
      if (entry.isAlone || !shape?.join(entry.inputs)) continue;
    }
    const rows = rowsToTake(entry, { room: maxRows - taken, isFirst, policy });
    if (rows === 0 && entry.rows > 0) continue;
    parts.push({ entry, rows });
    if (entry.isAlone || !policy.layout) break;
    // A request without rows takes a place all the same, or there would be no end to them.
    taken += Math.max(rows, 1);
  }
  return parts;
}

/** Copies that are free at the same time share the line, unless conf asks for batches of some size. */
function fairShare<E extends LineEntry>(
  { rows, freeCopies }: LineSnapshot<E>,
  { preferredRows, maxDelayMs }: BatchPolicy,
): number {
  if (preferredRows.length > 0 || maxDelayMs > 0) return Number.POSITIVE_INFINITY;
  return Math.ceil(rows / freeCopies);
}

function shapeOf(
  [first]: readonly PlannedPart<LineEntry>[],
  { layout, padValue }: BatchPolicy,
): BatchShape | undefined {
  return first && layout && new BatchShape(layout, first.entry.inputs, padValue !== undefined);
}

interface Room {
  readonly room: number;
  readonly isFirst: boolean;
  readonly policy: BatchPolicy;
}

/** 0 when a request with rows must wait for another batch. */
function rowsToTake({ rows, isAlone }: LineEntry, { room, isFirst, policy }: Room): number {
  if (rows <= room || isAlone || !policy.layout || policy.enableOverrun) return rows;
  if (policy.allowSplit) return room;
  return isFirst ? rows : 0;
}

/** Nobody waits so long for company that no time is left for the run. */
function startOf<E extends LineEntry>(
  parts: readonly PlannedPart<E>[],
  { now, runMs }: LineSnapshot<E>,
  { maxDelayMs, layout }: BatchPolicy,
): number {
  if (maxDelayMs === 0 || !layout) return now;
  let start = Number.POSITIVE_INFINITY;
  for (const { entry } of parts) {
    if (entry.isAlone) return now;
    start = Math.min(start, entry.since + maxDelayMs, entry.deadline - runMs);
  }
  return start;
}
