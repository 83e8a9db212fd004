import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RecordingMetrics } from "@paddlewheel/core/testing";
import { LoopRest } from "./loop-rest.js";

/** A loop whose turns end when the test says so; `rests` are those it took, in ms. */
function createRest(cores = 2) {
  const rests: number[] = [];
  const metrics = new RecordingMetrics();
  let tasks: (() => void)[] = [];
  const rest = new LoopRest({
    metrics,
    cores,
    defer: (task) => tasks.push(task),
    sleep: (ms) => rests.push(ms),
  });
  const endTurn = (): void => {
    const due = tasks;
    tasks = [];
    for (const task of due) task();
  };
  return { rest, rests, endTurn, metrics };
}

const refusal = { runMs: 3, copies: 2 };

describe("LoopRest", () => {
  test("rests for a run after the turn that follows one with refusals, once however many they were", () => {
    const { rest, rests, endTurn, metrics } = createRest();
    rest.refused(refusal);
    rest.refused(refusal);
    endTurn();
    assert.deepEqual(rests, [], "what the turn answers is written in the next");
    endTurn();
    assert.deepEqual(rests, [3]);
    endTurn();
    assert.deepEqual(rests, [3], "nobody was refused again");
    rest.refused(refusal);
    endTurn();
    endTurn();
    assert.deepEqual(rests, [3, 3]);
    assert.equal(metrics.counted("paddlewheel_overload_rests_total"), 2);
  });

  test("rests for 5 ms at most, and not at all for tiny models", () => {
    const { rest, rests, endTurn } = createRest();
    for (const runMs of [80, 0.9]) {
      rest.refused({ ...refusal, runMs });
      endTurn();
      endTurn();
    }
    assert.deepEqual(rests, [5]);
  });

  test("does not rest while a core is left for the event loop", () => {
    const { rest, rests, endTurn } = createRest(3);
    rest.refused(refusal);
    endTurn();
    endTurn();
    assert.deepEqual(rests, []);
  });

  test("does not rest after somebody came to another engine, until nobody does", () => {
    const { rest, rests, endTurn } = createRest();
    rest.admitted();
    rest.refused(refusal);
    endTurn();
    endTurn();
    assert.deepEqual(rests, []);
    rest.refused(refusal);
    endTurn();
    endTurn();
    assert.deepEqual(rests, [3]);
  });
});
