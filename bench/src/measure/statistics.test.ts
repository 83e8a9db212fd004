import assert from "node:assert/strict";
import { test } from "node:test";
import { median, ratioPerRound, spreadOf } from "./statistics.js";

test("the median of an odd number of values is the middle one, whatever their order", () => {
  assert.equal(median([9, 1, 100]), 9);
});

test("the median of an even number of values is the mean of the middle two", () => {
  assert.equal(median([4, 1, 100, 2]), 3);
});

test("the median of nothing is not a number", () => {
  assert.ok(Number.isNaN(median([])));
});

test("a median does not change the order of what it was given", () => {
  const values = [3, 1, 2];
  median(values);
  assert.deepEqual(values, [3, 1, 2]);
});

test("a spread is the median and the ends", () => {
  assert.deepEqual(spreadOf([5, 3, 4]), { median: 4, min: 3, max: 5 });
});

test("a ratio is taken per round, so a round that is slow for both does not move it", () => {
  assert.deepEqual(ratioPerRound([200, 20, 220], [100, 10, 110]), { median: 2, min: 2, max: 2 });
});

test("different numbers of rounds are not compared", () => {
  assert.throws(() => ratioPerRound([1, 2], [1]), {
    name: "RangeError",
    message: "2 rounds cannot be compared with 1",
  });
});
