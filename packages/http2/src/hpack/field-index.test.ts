import assert from "node:assert/strict";
import { test } from "node:test";
import { FieldIndex } from "./field-index.js";
import { staticIndex, staticTable } from "./static-table.js";

const one = { name: "a", value: "1" };
const two = { name: "a", value: "2" };

test("a field is found where it was added, its name where it was added last", () => {
  const index = new FieldIndex();
  index.add(one, 0);
  index.add(two, 1);
  assert.equal(index.find(one), 0);
  assert.equal(index.find(two), 1);
  assert.equal(index.find({ name: "a", value: "3" }), undefined);
  assert.equal(index.findName("a"), 1);
  assert.equal(index.findName("b"), undefined);
});

test("a name is known as long as one field of it is", () => {
  const index = new FieldIndex();
  index.add(one, 0);
  index.add(two, 1);
  index.remove(one, 0);
  assert.equal(index.find(one), undefined);
  assert.equal(index.find(two), 1);
  assert.equal(index.findName("a"), 1);
  index.remove(two, 1);
  assert.equal(index.findName("a"), undefined);
});

test("every entry of the static table is found at its index, a name at its first", () => {
  assert.equal(staticTable.length, 61);
  staticTable.forEach((field, at) => {
    assert.equal(staticIndex.find(field), at + 1);
  });
  assert.equal(staticIndex.findName(":status"), 8);
  assert.equal(staticIndex.findName(":path"), 4);
});
