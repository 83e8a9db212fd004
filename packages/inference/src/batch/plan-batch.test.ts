import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { batchPolicy, layoutOf } from "../testing/batching.js";
import { tensors, variable, zeros } from "../testing/tensors.js";
import { type BatchPolicy, type LineEntry, type LineSnapshot, planBatch } from "./plan-batch.js";

const layout = layoutOf({
  inputs: [variable("x", "float32", ["N", "T"])],
  outputs: [variable("y", "float32", ["N"])],
});

function entry(
  rows: number,
  { width = 2, isAlone = false, since = 0, deadline = Number.POSITIVE_INFINITY } = {},
) {
  return { inputs: tensors({ x: zeros(rows, width) }), rows, isAlone, since, deadline };
}

function plan(
  line: readonly LineEntry[],
  policy: Partial<BatchPolicy> = {},
  moment: Partial<LineSnapshot<LineEntry>> = {},
) {
  const rows = line.reduce((sum, one) => sum + Math.max(one.rows, 1), 0);
  const snapshot = { line, rows, freeCopies: 1, now: 10, runMs: 0, ...moment };
  const planned = planBatch(snapshot, batchPolicy({ layout, maxRows: 8, ...policy }));
  if (!planned) return undefined;
  const { entries, lastRows, startAt } = planned;
  const parts = entries.map((one, i) => ({
    entry: one,
    rows: i < entries.length - 1 ? one.rows : lastRows,
  }));
  assert.equal(
    planned.rows,
    parts.reduce((sum, part) => sum + part.rows, 0),
  );
  return { parts, startAt };
}

/** Rows of each part. */
function sizes(...args: Parameters<typeof plan>): number[] | undefined {
  return plan(...args)?.parts.map(({ rows }) => rows);
}

describe("planBatch", () => {
  test("takes what waits, in order, up to the rows of a batch", () => {
    assert.deepEqual(sizes([entry(1), entry(3), entry(4), entry(1)]), [1, 3, 4]);
    assert.equal(plan([]), undefined);
  });

  test("cuts the request that does not fit; with overrun takes it whole; with neither passes over it", () => {
    const line = [entry(5), entry(6), entry(3)];
    assert.deepEqual(sizes(line), [5, 3]);
    assert.deepEqual(sizes(line, { enableOverrun: true }), [5, 6]);
    assert.deepEqual(sizes(line, { allowSplit: false }), [5, 3]);
    assert.equal(plan(line, { allowSplit: false })?.parts[1]?.entry, line[2]);
  });

  test("never leaves a request larger than a batch in the line", () => {
    assert.deepEqual(sizes([entry(20), entry(1)]), [8]);
    assert.deepEqual(sizes([entry(20), entry(1)], { allowSplit: false }), [20]);
    assert.deepEqual(sizes([entry(20), entry(1)], { enableOverrun: true }), [20]);
  });

  test("passes over what has another shape, or merges it where padding is allowed", () => {
    const line = [entry(1), entry(1, { width: 3 }), entry(1)];
    assert.deepEqual(
      plan(line)?.parts.map((part) => part.entry),
      [line[0], line[2]],
    );
    assert.deepEqual(sizes(line, { padValue: 0 }), [1, 1, 1]);
  });

  test("runs what must be alone alone, also in the middle of a line", () => {
    assert.deepEqual(sizes([entry(2, { isAlone: true }), entry(1)]), [2]);
    assert.deepEqual(sizes([entry(2), entry(9, { isAlone: true }), entry(1)]), [2, 1]);
    assert.deepEqual(sizes([entry(9), entry(1)], { layout: undefined, maxRows: 1 }), [9]);
  });

  test("shares the line between free copies, but cuts no request for that", () => {
    const line = [1, 1, 1, 1, 1, 1].map((rows) => entry(rows));
    assert.deepEqual(sizes(line, {}, { freeCopies: 2 }), [1, 1, 1]);
    assert.deepEqual(sizes([entry(6)], {}, { freeCopies: 2 }), [6]);
  });

  test("waits for company no longer than the delay, or than leaves time for the run", () => {
    const delay = { maxDelayMs: 5 };
    assert.equal(plan([entry(1, { since: 8 })])?.startAt, 10);
    assert.equal(plan([entry(1, { since: 8 }), entry(1, { since: 9 })], delay)?.startAt, 13);
    assert.equal(plan([entry(1, { since: 8, deadline: 20 })], delay, { runMs: 9 })?.startAt, 11);
    assert.equal(plan([entry(8, { since: 8 })], delay)?.startAt, 10);
    assert.equal(plan([entry(1, { since: 8, isAlone: true })], delay)?.startAt, 10);
  });

  test("starts at a preferred size, cuts to the largest there is, and waits below the smallest", () => {
    const preferred = { maxDelayMs: 5, preferredRows: [4, 6] };
    const line = (count: number) => Array.from({ length: count }, () => entry(1, { since: 9 }));
    assert.deepEqual([sizes(line(3), preferred)?.length, plan(line(3), preferred)?.startAt], [3, 14]);
    assert.deepEqual([sizes(line(5), preferred)?.length, plan(line(5), preferred)?.startAt], [4, 10]);
    assert.deepEqual([sizes(line(8), preferred)?.length, plan(line(8), preferred)?.startAt], [6, 10]);
  });
});

const anyPolicy = fc.record({
  maxRows: fc.integer({ min: 2, max: 9 }),
  preferredRows: fc.constantFrom([], [2], [2, 5]),
  maxDelayMs: fc.constantFrom(0, 3),
  enableOverrun: fc.boolean(),
  allowSplit: fc.boolean(),
  padValue: fc.constantFrom(undefined, 0),
});
const anyEntry = fc
  .record({
    rows: fc.nat(20),
    width: fc.integer({ min: 1, max: 2 }),
    isAlone: fc.boolean(),
    since: fc.nat(10),
    deadline: fc.integer({ min: 11, max: 30 }),
  })
  .map(({ rows, ...rest }) => entry(rows, rest));

test("whatever waits, a batch has the first in line, keeps the order and its limit, and mixes nothing that must not mix", () => {
  fc.assert(
    fc.property(fc.array(anyEntry), anyPolicy, fc.integer({ min: 1, max: 3 }), (line, policy, freeCopies) => {
      const planned = plan(line, policy, { freeCopies });
      if (line.length === 0) return assert.equal(planned, undefined);
      const parts = planned?.parts ?? [];
      assert.equal(parts[0]?.entry, line[0]);
      const places = parts.map((part) => line.indexOf(part.entry));
      assert.deepEqual(
        places,
        [...new Set(places)].sort((a, b) => a - b),
      );
      assert.ok(
        parts.every((part) => part.rows <= part.entry.rows && (part.rows > 0 || part.entry.rows === 0)),
      );
      if (parts.length > 1) assert.ok(parts.every((part) => !part.entry.isAlone));
      const others = parts.slice(0, -1).reduce((sum, { rows }) => sum + rows, 0);
      const last = parts.at(-1)?.rows ?? 0;
      const isWhole = parts.length === 1 && (!policy.allowSplit || parts[0]?.entry.isAlone);
      assert.ok(others < policy.maxRows);
      assert.ok(others + last <= policy.maxRows || policy.enableOverrun || isWhole);
      assert.ok((planned?.startAt ?? 0) <= 10 + policy.maxDelayMs);
    }),
  );
});
