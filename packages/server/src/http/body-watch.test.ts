import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "@paddlewheel/core/testing";
import { BodyWatch } from "./body-watch.js";

test("a body slower than it must be is cut off after its time of grace, others are not", () => {
  const clock = new ManualClock();
  const watch = new BodyWatch({ minBodyRate: 100, bodyRateGraceMs: 2000 }, clock);
  const cut: string[] = [];
  const bodyOf = (name: string) => {
    const body = {
      received: 0,
      cutOff: () => {
        cut.push(name);
        watch.delete(body);
      },
    };
    watch.add(body);
    return body;
  };
  const [slow, fast, none] = [bodyOf("slow"), bodyOf("fast"), bodyOf("none")];
  for (let second = 1; second <= 3; second++) {
    slow.received += 50;
    fast.received += 100;
    clock.advance(1000);
  }
  assert.deepEqual([cut, none.received], [["none"], 0]);
  clock.advance(1000);
  assert.deepEqual(cut, ["none", "slow"]);
  watch.delete(fast);
  clock.advance(10_000);
  assert.equal(clock.timerCount, 0);
});
