import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call, Code, ServeError, type TensorMap } from "@paddlewheel/core";
import { createDeferred, type Deferred, ManualClock } from "@paddlewheel/core/testing";
import fc from "fast-check";
import { tensors, zeros } from "../testing/tensors.js";
import { RunQueue } from "./run-queue.js";

/** A queue whose runs a test ends by hand. */
function createTestQueue(slots: number, maxQueueSize = 10) {
  const clock = new ManualClock();
  const started: TensorMap[] = [];
  const ends: Deferred<TensorMap>[] = [];
  const waits: number[] = [];
  const free = { slots };
  const queue = new RunQueue({
    engine: "e",
    maxQueueSize,
    clock,
    slots: () => free.slots,
    start(inputs) {
      started.push(inputs);
      const end = createDeferred<TensorMap>();
      ends.push(end);
      return end.promise;
    },
    onStart: (ms) => waits.push(ms),
  });
  const call = (timeoutMs?: number) => new Call({ service: "s", method: "m", clock, timeoutMs });
  return { queue, clock, started, ends, waits, free, call };
}

const outputs = tensors({});
const first = tensors({ x: zeros(1) });
const second = tensors({ x: zeros(2) });
const third = tensors({ x: zeros(3) });

/** Lets settled promises be heard. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("RunQueue", () => {
  test("starts runs at once while there are slots, the others in the order they came", async () => {
    const { queue, started, ends } = createTestQueue(2);
    const [failing, ending] = [queue.run(first), queue.run(second)];
    void queue.run(third);
    void queue.run(outputs);
    assert.deepEqual(started, [first, second]);
    assert.deepEqual([queue.running, queue.waiting], [2, 2]);
    ends[1]?.resolve(outputs);
    assert.equal(await ending, outputs);
    assert.deepEqual(started, [first, second, third]);
    ends[0]?.reject(new Error("failed"));
    await assert.rejects(failing, new Error("failed"));
    assert.deepEqual(started, [first, second, third, outputs]);
    assert.deepEqual([queue.running, queue.waiting], [2, 0]);
  });

  test("starts waiting runs when slots appear", async () => {
    const { queue, started, free } = createTestQueue(0);
    void queue.run(outputs);
    void queue.run(outputs);
    free.slots = 1;
    queue.dispatch();
    assert.equal(started.length, 1);
  });

  test("refuses a run when as many wait as may", async () => {
    const { queue, started } = createTestQueue(1, 2);
    for (const inputs of [first, second, third]) void queue.run(inputs);
    const full = new ServeError(
      Code.resourceExhausted,
      'engine "e": 2 runs are waiting, the limit of max_queue_size',
    );
    await assert.rejects(queue.run(outputs), full);
    assert.equal(started.length, 1);
  });

  test("tells how long each run waited", async () => {
    const { queue, clock, ends, waits } = createTestQueue(1);
    void queue.run(outputs);
    void queue.run(outputs);
    clock.advance(30);
    ends[0]?.resolve(outputs);
    await turn();
    assert.deepEqual(waits, [0, 30]);
  });

  test("does not start the run of a call that has stopped", async () => {
    const { queue, started, call } = createTestQueue(1);
    const stopped = call();
    stopped.cancel();
    await assert.rejects(
      queue.run(outputs, stopped),
      new ServeError(Code.cancelled, "the caller cancelled the call"),
    );
    assert.deepEqual(started, []);
  });

  test("lets a run leave the line when its call stops, and its place is free", async () => {
    const { queue, started, ends, call } = createTestQueue(1, 1);
    void queue.run(first);
    const leaving = call(50);
    const left = queue.run(second, leaving);
    leaving.cancel("gone");
    await assert.rejects(left, new ServeError(Code.cancelled, "gone"));
    assert.equal(queue.waiting, 0);
    void queue.run(third);
    ends[0]?.resolve(outputs);
    await turn();
    assert.deepEqual(started, [first, third]);
  });

  test("lets a run leave when its deadline passes, and holds no timer of one that started", async () => {
    const { queue, clock, ends, call } = createTestQueue(1);
    void queue.run(outputs);
    const late = queue.run(outputs, call(50));
    const patient = queue.run(outputs, call(500));
    clock.advance(50);
    await assert.rejects(late, new ServeError(Code.deadlineExceeded, "the deadline of 50 ms has passed"));
    ends[0]?.resolve(outputs);
    await turn();
    ends[1]?.resolve(outputs);
    assert.equal(await patient, outputs);
  });

  test("looks at the deadline before the start even when its timer is late", async () => {
    const { clock, started, ends, queue } = createTestQueue(1);
    let now = 0;
    const lateTimers = { now: () => now, epochMicros: () => 0, setTimer: () => ({ cancel: () => {} }) };
    void queue.run(outputs);
    const expired = queue.run(
      outputs,
      new Call({ service: "s", method: "m", clock: lateTimers, timeoutMs: 5 }),
    );
    now = 6;
    clock.advance(6);
    ends[0]?.resolve(outputs);
    await assert.rejects(expired, new ServeError(Code.deadlineExceeded, "the deadline of 5 ms has passed"));
    assert.equal(started.length, 1);
    assert.equal(queue.waiting, 0);
  });

  test("never touches a run that has started", async () => {
    const { queue, ends, call } = createTestQueue(1);
    const stopping = call();
    const run = queue.run(outputs, stopping);
    stopping.cancel();
    assert.equal(queue.running, 1);
    ends[0]?.resolve(outputs);
    assert.equal(await run, outputs);
    assert.equal(queue.running, 0);
  });

  test("sends everybody in the line away when told to", async () => {
    const { queue, call } = createTestQueue(0);
    const runs = [queue.run(outputs), queue.run(outputs, call(10))];
    const reason = new ServeError(Code.unavailable, "broken");
    queue.rejectWaiting(reason);
    for (const run of runs) await assert.rejects(run, reason);
    assert.equal(queue.waiting, 0);
  });

  test("closes when the waiting and the running are done, and takes no more", async () => {
    const { queue, ends } = createTestQueue(1);
    const runs = [queue.run(outputs), queue.run(outputs)];
    let isClosed = false;
    const closed = queue.close().then(() => {
      isClosed = true;
    });
    await assert.rejects(queue.run(outputs), new ServeError(Code.unavailable, 'engine "e" is closed'));
    ends[0]?.resolve(outputs);
    await turn();
    assert.equal(isClosed, false);
    ends[1]?.resolve(outputs);
    await Promise.all([closed, queue.close(), ...runs]);
  });

  test("closes when the last waiting run leaves", async () => {
    const { queue, call } = createTestQueue(0);
    const leaving = call();
    const run = queue.run(outputs, leaving);
    const closed = queue.close();
    leaving.cancel();
    await assert.rejects(run, { code: Code.cancelled });
    await closed;
  });

  test("keeps the order, the slots and the limit whatever comes when, and answers everybody", async () => {
    const step = fc.oneof(
      fc.constant({ kind: "run" } as const),
      fc.record({ kind: fc.constant("end"), at: fc.nat(20), fails: fc.boolean() } as const),
      fc.record({ kind: fc.constant("cancel"), at: fc.nat(20) } as const),
    );
    const schedule = { slots: fc.integer({ min: 1, max: 3 }), limit: fc.nat(4), steps: fc.array(step) };
    await fc.assert(
      fc.asyncProperty(fc.record(schedule), async ({ slots, limit, steps }) => {
        const { queue, started, ends, call } = createTestQueue(slots, limit);
        const asked: { inputs: TensorMap; call: Call; outcome: Promise<unknown> }[] = [];
        for (const next of steps) {
          if (next.kind === "run") {
            const inputs = tensors({});
            const stoppable = call();
            const outcome = queue.run(inputs, stoppable).catch((thrown: unknown) => thrown);
            asked.push({ inputs, call: stoppable, outcome });
          } else if (next.kind === "cancel") {
            asked[next.at]?.call.cancel();
          } else if (next.fails) {
            ends[next.at]?.reject(new Error("failed"));
          } else {
            ends[next.at]?.resolve(outputs);
          }
          await turn();
          assert.ok(queue.running <= slots && queue.waiting <= limit);
          assert.ok(queue.waiting === 0 || queue.running === slots);
        }
        const closed = queue.close();
        for (let i = 0; queue.running > 0; i++) {
          ends[i]?.resolve(outputs);
          await turn();
        }
        await closed;
        await Promise.all(asked.map(({ outcome }) => outcome));
        const order = started.map((inputs) => asked.findIndex((run) => run.inputs === inputs));
        assert.deepEqual(
          order,
          order.toSorted((a, b) => a - b),
        );
      }),
    );
  });
});
