import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ThreadRuns } from "./thread-runs.js";

function setUp() {
  const runs = new ThreadRuns();
  const begun: string[] = [];
  return { runs, begun, add: (thread: number, run: string) => runs.add(thread, () => begun.push(run)) };
}

describe("ThreadRuns", () => {
  test("a run begins when its thread has answered those before it", () => {
    const { runs, begun, add } = setUp();
    add(1, "a");
    add(1, "b");
    add(2, "c");
    assert.deepEqual(begun, ["a", "c"]);
    runs.answered(2);
    runs.answered(1);
    assert.deepEqual(begun, ["a", "c", "b"]);
    runs.answered(1);
    add(1, "d");
    assert.deepEqual(begun, ["a", "c", "b", "d"]);
  });

  test("finds the thread with the fewest runs, the first of equals", () => {
    const { runs, add } = setUp();
    assert.equal(runs.leastBusy([]), undefined);
    assert.equal(runs.leastBusy([1, 2]), 1);
    add(1, "a");
    assert.equal(runs.leastBusy([1, 2]), 2);
    add(2, "b");
    add(2, "c");
    assert.equal(runs.leastBusy([2, 1]), 1);
  });

  test("a thread that has ended begins nothing", () => {
    const { runs, begun, add } = setUp();
    add(1, "a");
    add(1, "b");
    runs.forget(1);
    runs.answered(1);
    assert.deepEqual(begun, ["a"]);
  });
});
