import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createDeferred, ManualClock } from "@paddlewheel/core/testing";
import { LoadGate } from "./load-gate.js";
import { PollLoop } from "./poll-loop.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("PollLoop", () => {
  function createLoop(...waits: number[]) {
    const clock = new ManualClock();
    const gates: ReturnType<typeof createDeferred<void>>[] = [];
    const loop = new PollLoop({
      clock,
      look: async () => {
        const gate = createDeferred<void>();
        gates.push(gate);
        await gate.promise;
        return waits.shift() ?? 1000;
      },
    });
    return { clock, loop, gates };
  }

  test("looks again after the time that the last look gave, never two at once", async () => {
    const { clock, loop, gates } = createLoop(250, 1000);
    loop.start(1000);
    clock.advance(999);
    await turn();
    assert.equal(gates.length, 0);
    clock.advance(1);
    await turn();
    clock.advance(10_000);
    await turn();
    assert.equal(gates.length, 1);
    gates[0]?.resolve();
    await turn();
    clock.advance(250);
    await turn();
    assert.equal(gates.length, 2);
    gates[1]?.resolve();
    await turn();
    assert.equal(clock.timerCount, 1);
    await loop.close();
    assert.equal(clock.timerCount, 0);
  });

  test("looks now when asked to, behind the look under way", async () => {
    const { loop, gates } = createLoop();
    const first = loop.now();
    const second = loop.now();
    await turn();
    assert.equal(gates.length, 1);
    gates[0]?.resolve();
    await first;
    await turn();
    assert.equal(gates.length, 2);
    gates[1]?.resolve();
    await second;
    await loop.close();
  });

  test("closes once the look under way is over, and looks no more", async () => {
    const { clock, loop, gates } = createLoop();
    void loop.now();
    void loop.now();
    await turn();
    let isClosed = false;
    const closed = loop.close().then(() => {
      isClosed = true;
    });
    await turn();
    assert.equal(isClosed, false);
    gates[0]?.resolve();
    await closed;
    clock.advance(100_000);
    await turn();
    assert.deepEqual([gates.length, clock.timerCount], [1, 0]);
  });
});

test("a LoadGate lets in so many at once, in the order they came, also after failures", async () => {
  const gate = new LoadGate(2);
  const works = [
    createDeferred<number>(),
    createDeferred<number>(),
    createDeferred<number>(),
    createDeferred<number>(),
  ];
  const started: number[] = [];
  const runs = works.map(({ promise }, i) =>
    gate.run(() => {
      started.push(i);
      return promise;
    }),
  );
  await turn();
  assert.deepEqual(started, [0, 1]);
  works[1]?.reject(new Error("broken"));
  await assert.rejects(runs[1] ?? Promise.resolve(), { message: "broken" });
  await turn();
  assert.deepEqual(started, [0, 1, 2]);
  for (const { resolve } of works) resolve(0);
  await Promise.all(runs.filter((_, i) => i !== 1));
  assert.deepEqual(started, [0, 1, 2, 3]);
});
