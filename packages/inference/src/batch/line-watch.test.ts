import assert from "node:assert/strict";
import { test } from "node:test";
import { LineWatch } from "./line-watch.js";
import { emptyLine } from "./plan-line-load.js";

const runMs = 5;

/** A line that many come to at once; `refused` of them are sent away. */
function crowded({ runs, came, refused }: { runs: number; came: number; refused: number }): LineWatch {
  const watch = new LineWatch();
  for (let i = 0; i < came; i++) {
    watch.noteArrival(runs, 0, runMs);
    if (i < refused) watch.noteRefusal();
  }
  return watch;
}

test("a window ends with the first who comes after it, when enough have come", () => {
  const watch = crowded({ runs: 9, came: 7, refused: 0 });
  watch.noteArrival(9, 24, runMs);
  assert.deepEqual(watch.load, emptyLine);
  watch.noteArrival(9, 26, runMs);
  assert.deepEqual(watch.load, { isOverloaded: false, settledRuns: 9 });
});

test("an empty line is forgotten at once, but not that there is overload", () => {
  const calm = crowded({ runs: 9, came: 9, refused: 0 });
  calm.noteArrival(9, 25, runMs);
  calm.noteArrival(0, 26, runMs);
  assert.deepEqual(calm.load, emptyLine);
  const full = crowded({ runs: 9, came: 9, refused: 6 });
  full.noteArrival(9, 25, runMs);
  full.noteArrival(0, 26, runMs);
  assert.equal(full.load.isOverloaded, true);
});

test("where few come for eight windows everything is forgotten", () => {
  const watch = crowded({ runs: 9, came: 9, refused: 6 });
  watch.noteArrival(9, 25, runMs);
  watch.noteArrival(9, 224, runMs);
  assert.equal(watch.load.isOverloaded, true);
  watch.noteArrival(9, 225, runMs);
  assert.deepEqual(watch.load, emptyLine);
});
