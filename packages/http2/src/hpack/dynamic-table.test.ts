import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DynamicTable } from "./dynamic-table.js";
import { type HeaderField, headerFieldSize } from "./header-field.js";

const arbitraryField = fc.nat(300).map((length) => ({ name: `n${length}`, value: "v".repeat(length) }));
const arbitraryStep = fc.oneof({ weight: 5, arbitrary: arbitraryField }, fc.nat(1024));

/** The RFC's own words as a list, newest first. */
function evictAndAdd(entries: readonly HeaderField[], maxSize: number, field?: HeaderField): HeaderField[] {
  const kept = field === undefined ? [...entries] : [field, ...entries];
  let size = kept.reduce((sum, entry) => sum + headerFieldSize(entry), 0);
  while (size > maxSize) {
    const last = kept.pop();
    if (last === undefined) break;
    size -= headerFieldSize(last);
  }
  return kept;
}

function entriesOf(table: DynamicTable): (HeaderField | undefined)[] {
  return Array.from({ length: table.length }, (_, age) => table.at(age));
}

test("entries come and go as in a list that evicts from its end", () => {
  fc.assert(
    fc.property(fc.array(arbitraryStep, { maxLength: 60 }), (steps) => {
      const table = new DynamicTable(1024);
      let expected: HeaderField[] = [];
      let maxSize = 1024;
      for (const step of steps) {
        const field = typeof step === "number" ? undefined : step;
        if (typeof step === "number") maxSize = step;
        if (field === undefined) table.resize(maxSize);
        else table.add(field);
        expected = evictAndAdd(expected, maxSize, field);
        assert.deepEqual(entriesOf(table), expected);
        assert.equal(table.at(expected.length), undefined);
      }
    }),
  );
});

test("each entry that leaves is told with the place it had", () => {
  const evicted: [string, number][] = [];
  const table = new DynamicTable(100, (field, place) => evicted.push([field.name, place]));
  for (const name of ["a", "b", "c", "d", "e"]) table.add({ name, value: "" });
  table.resize(40);
  assert.deepEqual(evicted, [
    ["a", 0],
    ["b", 1],
    ["c", 2],
    ["d", 3],
  ]);
  assert.equal(table.added, 5);
});

test("the generation changes with the table and not without", () => {
  const table = new DynamicTable(100);
  const start = table.generation;
  table.resize(100);
  table.at(0);
  assert.equal(table.generation, start);
  table.add({ name: "a", value: "" });
  const withEntry = table.generation;
  assert.notEqual(withEntry, start);
  table.resize(99);
  assert.notEqual(table.generation, withEntry);
});

test("a table of no bytes holds nothing", () => {
  const table = new DynamicTable(0);
  table.add({ name: "", value: "" });
  assert.equal(table.length, 0);
});
