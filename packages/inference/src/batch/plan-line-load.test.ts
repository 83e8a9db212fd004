import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyLine, type LineLoad, planLineLoad, windowMsFor } from "./plan-line-load.js";

function settled(settledRuns: number): LineLoad {
  return { isOverloaded: false, settledRuns };
}

const overloaded: LineLoad = { isOverloaded: true, settledRuns: 7 };

test("a line settles at the longest of its first window, and at less when it gets shorter", () => {
  assert.deepEqual(planLineLoad(emptyLine, { came: 70, refused: 0, longestRuns: 62 }), settled(62));
  assert.deepEqual(planLineLoad(settled(62), { came: 70, refused: 0, longestRuns: 62 }), settled(62));
  assert.deepEqual(planLineLoad(settled(62), { came: 9, refused: 0, longestRuns: 5 }), settled(5));
  assert.deepEqual(planLineLoad(settled(5), { came: 9, refused: 0, longestRuns: 10 }), settled(5));
});

test("it is overload when a third of those who come are refused", () => {
  assert.equal(planLineLoad(settled(5), { came: 12, refused: 4, longestRuns: 9 }).isOverloaded, true);
  assert.equal(planLineLoad(settled(5), { came: 13, refused: 4, longestRuns: 9 }).isOverloaded, false);
});

test("overload is over when less than a sixth is refused; the line has settled where it is", () => {
  assert.deepEqual(planLineLoad(overloaded, { came: 25, refused: 4, longestRuns: 2 }), overloaded);
  assert.deepEqual(planLineLoad(overloaded, { came: 26, refused: 4, longestRuns: 2 }), settled(2));
});

test("a window is two runs, and 25 ms at least", () => {
  assert.equal(windowMsFor(5), 25);
  assert.equal(windowMsFor(50), 100);
});
