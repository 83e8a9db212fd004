import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "@paddlewheel/core/testing";
import fc from "fast-check";
import { type Deadline, Deadlines } from "./deadlines.js";

describe("Deadlines", () => {
  test("has one timer for all deadlines of one length", () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    for (let i = 0; i < 1000; i++) deadlines.add({ onDeadline: () => {} }, 50);
    assert.equal(clock.timerCount, 1);
  });

  test("calls each at its time, those that were taken back never, and leaves no timer", () => {
    const step = fc.record({
      wait: fc.nat({ max: 20 }),
      length: fc.constantFrom(1, 5, 5, 5.5, 20, 100),
      cancelledAfter: fc.option(fc.nat({ max: 100 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = new ManualClock();
        const deadlines = new Deadlines(clock);
        const missed = new Map<number, number>();
        const wanted = new Map<number, number>();
        for (const [i, { wait, length, cancelledAfter }] of steps.entries()) {
          clock.advance(wait);
          const due = clock.now() + Math.ceil(length);
          const deadline: Deadline = deadlines.add({ onDeadline: () => missed.set(i, clock.now()) }, length);
          if (cancelledAfter === null || clock.now() + cancelledAfter >= due) wanted.set(i, due);
          if (cancelledAfter !== null) clock.setTimer(() => deadline.cancel(), cancelledAfter + 0.01);
        }
        clock.advance(300);
        assert.deepEqual([...missed].sort(byIndex), [...wanted].sort(byIndex));
        assert.equal(clock.timerCount, 0);
      }),
    );
  });

  test("may be added to and taken from by what a deadline calls", () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const missed: string[] = [];
    let second: Deadline | undefined;
    const first = {
      onDeadline: () => {
        missed.push("first");
        second?.cancel();
        deadlines.add({ onDeadline: () => missed.push("third") }, 10);
      },
    };
    deadlines.add(first, 10);
    second = deadlines.add({ onDeadline: () => missed.push("second") }, 10);
    clock.advance(10);
    assert.deepEqual(missed, ["first"]);
    clock.advance(10);
    assert.deepEqual(missed, ["first", "third"]);
    assert.equal(clock.timerCount, 0);
  });
});

const byIndex = ([a]: [number, number], [b]: [number, number]): number => a - b;
