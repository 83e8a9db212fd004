import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamTable } from "./stream-table.js";

test("remembers how streams ended", () => {
  const table = new StreamTable();
  table.remember(1, "ended");
  table.remember(3, "reset-by-us");
  table.remember(5, "reset-by-peer");
  assert.deepEqual(
    [1, 3, 5, 7].map((id) => table.endOf(id)),
    ["ended", "reset-by-us", "reset-by-peer", undefined],
  );
});

test("remembers the last 256 ends of each kind, however many there are of another", () => {
  const table = new StreamTable();
  table.remember(1, "reset-by-us");
  for (let id = 3; id < 3 + 2 * 257; id += 2) table.remember(id, "ended");
  assert.equal(table.endOf(1), "reset-by-us");
  assert.equal(table.endOf(3), undefined);
  assert.equal(table.endOf(5), "ended");
});
