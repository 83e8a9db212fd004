import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "@paddlewheel/core/testing";
import { ReadTurn } from "./read-turn.js";

/** A turn that a test ends, and readers that note what they are told. */
function setUp() {
  const clock = new ManualClock();
  const ends: (() => void)[] = [];
  const told: string[] = [];
  const turn = new ReadTurn(clock, (task) => ends.push(task));
  const reader = (name: string) => ({
    pauseReading: () => told.push(`${name} waits`),
    resumeReading: () => told.push(`${name} reads`),
  });
  return { clock, turn, told, reader, ends };
}

test("whoever reads later than 5 ms into a turn waits for its end", () => {
  const { clock, turn, told, reader, ends } = setUp();
  turn.note(reader("a"));
  clock.advance(4);
  turn.note(reader("b"));
  clock.advance(1);
  turn.note(reader("c"));
  turn.note(reader("d"));
  assert.deepEqual([told, ends.length], [["c waits", "d waits"], 1]);
  ends[0]?.();
  assert.deepEqual(told.slice(2), ["c reads", "d reads"]);
});

test("each turn begins with its first read", () => {
  const { clock, turn, told, reader, ends } = setUp();
  turn.note(reader("a"));
  ends[0]?.();
  clock.advance(100);
  turn.note(reader("a"));
  assert.deepEqual([told, ends.length], [[], 2]);
});
