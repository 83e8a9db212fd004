import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Call, Code, type ServeError, type Tensor, type TensorMap } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import fc from "fast-check";
import { TickBatcher } from "./tick-batcher.js";

/** Inputs whose rows hold `id`, so that everybody can tell whose rows came back. */
function inputsOf(id: number, rows = 1, width = 2): TensorMap {
  const data = new Float32Array(rows * width).fill(id);
  return new Map([["x", { dtype: "float32", shape: [rows, width], data }]]);
}

function valuesOf(inputs: TensorMap): Float32Array {
  const { data } = inputs.get("x") as Tensor;
  return data as Float32Array;
}

function double(inputs: TensorMap): TensorMap {
  const { dtype, shape, data } = inputs.get("x") as Tensor;
  return new Map([["y", { dtype, shape, data: (data as Float32Array).map((value) => value * 2) }]]);
}

function setUp(
  options: {
    maxRows?: number;
    rowsPerTurn?: number;
    maxQueueSize?: number;
    start?: (i: TensorMap) => Promise<TensorMap>;
  } = {},
) {
  const clock = new ManualClock();
  const sizes: (number | undefined)[] = [];
  const batcher = new TickBatcher({
    engine: "e",
    maxRows: options.maxRows ?? 8,
    rowsPerTurn: options.rowsPerTurn ?? 16,
    maxQueueSize: options.maxQueueSize ?? 1000,
    clock,
    onStart: () => {},
    start: async (inputs) => {
      sizes.push(inputs.get("x")?.shape[0]);
      await nextTurn();
      return options.start ? options.start(inputs) : double(inputs);
    },
  });
  const call = (timeoutMs?: number) => new Call({ service: "s", method: "m", clock, timeoutMs });
  return { batcher, clock, sizes, call };
}

test("a run alone starts at once, and those that come meanwhile go together", async () => {
  const { batcher, sizes } = setUp();
  const results = await Promise.all([1, 2, 3, 4].map((id) => batcher.run(inputsOf(id))));
  assert.deepEqual(sizes, [1, 3]);
  assert.deepEqual(
    results,
    [1, 2, 3, 4].map((id) => double(inputsOf(id))),
  );
});

test("a batch has at most max rows, but one large run goes by itself", async () => {
  const { batcher, sizes } = setUp({ maxRows: 4 });
  const rows = [1, 3, 3, 1, 9];
  await Promise.all(rows.map((count, id) => batcher.run(inputsOf(id, count))));
  assert.deepEqual(sizes, [1, 4, 3, 9]);
});

test("with one row at most nothing is ever merged", async () => {
  const { batcher, sizes } = setUp({ maxRows: 1 });
  await Promise.all([1, 2, 3].map((id) => batcher.run(inputsOf(id))));
  assert.deepEqual(sizes, [1, 1, 1]);
});

test("rows of another shape are not merged, and nobody waits for ever", async () => {
  const { batcher, sizes } = setUp();
  const runs = [2, 3, 2, 3, 2].map((width, id) => batcher.run(inputsOf(id, 1, width)));
  const results = await Promise.all(runs);
  assert.deepEqual(sizes, [1, 2, 2]);
  assert.deepEqual(
    results,
    [2, 3, 2, 3, 2].map((width, id) => double(inputsOf(id, 1, width))),
  );
});

test("when a merged run fails each of its runs is tried alone", async () => {
  const { batcher, sizes } = setUp({
    start: async (inputs) => {
      if (valuesOf(inputs).includes(13)) throw new Error("13");
      return double(inputs);
    },
  });
  const settled = await Promise.allSettled([1, 2, 13, 4].map((id) => batcher.run(inputsOf(id))));
  assert.deepEqual(sizes, [1, 3, 1, 1, 1]);
  assert.deepEqual(
    settled.map(({ status }) => status),
    ["fulfilled", "fulfilled", "rejected", "fulfilled"],
  );
});

test("a model that gives other rows than it took still answers everybody by itself", async () => {
  const { batcher } = setUp({
    start: async (inputs) => {
      const [[, tensor]] = double(inputs) as unknown as [[string, Tensor]];
      return new Map([["y", { ...tensor, shape: [1, tensor.data.length] }]]);
    },
  });
  const results = await Promise.all([1, 2, 3].map((id) => batcher.run(inputsOf(id))));
  assert.deepEqual(
    results.map((outputs) => outputs.get("y")?.data),
    [1, 2, 3].map((id) => double(inputsOf(id)).get("y")?.data),
  );
});

test("a run whose call stops before it starts is rejected and never reaches the model", async () => {
  const { batcher, sizes, call, clock } = setUp();
  const first = batcher.run(inputsOf(1));
  const cancelled = call();
  const late = call(5);
  const others = [
    batcher.run(inputsOf(2), cancelled),
    batcher.run(inputsOf(3), late),
    batcher.run(inputsOf(4)),
  ];
  cancelled.cancel();
  clock.advance(5);
  await first;
  const settled = await Promise.allSettled(others);
  const codes = settled.map((one) => (one.status === "rejected" ? (one.reason as ServeError).code : Code.ok));
  assert.deepEqual(codes, [Code.cancelled, Code.deadlineExceeded, Code.ok]);
  assert.deepEqual(sizes, [1, 1]);
});

test("more runs than may wait are refused at once", async () => {
  const { batcher } = setUp({ maxQueueSize: 2 });
  const accepted = [1, 2, 3].map((id) => batcher.run(inputsOf(id)));
  await assert.rejects(batcher.run(inputsOf(4)), {
    code: Code.resourceExhausted,
    message: 'engine "e": 2 runs are waiting, the limit of max_queue_size',
  });
  await Promise.all(accepted);
});

test("close waits for what was asked for, and refuses what comes after", async () => {
  const { batcher } = setUp();
  const asked = [1, 2, 3].map((id) => batcher.run(inputsOf(id)));
  const closed = batcher.close();
  await assert.rejects(batcher.run(inputsOf(4)), { code: Code.unavailable, message: 'engine "e" is closed' });
  await closed;
  assert.equal(batcher.waiting + batcher.running, 0);
  assert.equal((await Promise.all(asked)).length, 3);
  await batcher.close();
});

/** Random runs: rows, width, how many turns later they come, whether their call is cancelled, whether the model fails. */
const plans = fc.array(
  fc.record({
    rows: fc.integer({ min: 0, max: 5 }),
    width: fc.integer({ min: 1, max: 2 }),
    turn: fc.integer({ min: 0, max: 4 }),
    isCancelled: fc.boolean(),
    isPoison: fc.boolean(),
  }),
  { maxLength: 30 },
);

test("everybody gets exactly their own rows, once, whatever the others do", async () => {
  const property = fc.asyncProperty(plans, fc.integer({ min: 1, max: 8 }), async (plan, maxRows) => {
    const poison = new Set(plan.flatMap(({ isPoison }, id) => (isPoison ? [id + 1] : [])));
    const { batcher, sizes, call } = setUp({
      maxRows,
      start: async (inputs) => {
        if (valuesOf(inputs).some((value) => poison.has(value))) throw new Error("poison");
        return double(inputs);
      },
    });
    const settled = await Promise.allSettled(
      plan.map(async ({ rows, width, turn, isCancelled }, i) => {
        for (let waited = 0; waited < turn; waited++) await nextTurn();
        const own = call();
        const outputs = batcher.run(inputsOf(i + 1, rows, width), own);
        if (isCancelled) own.cancel();
        return outputs;
      }),
    );
    for (const [i, { rows, width, isCancelled, isPoison }] of plan.entries()) {
      const one = settled[i];
      if (one?.status === "fulfilled") assert.deepEqual(one.value, double(inputsOf(i + 1, rows, width)));
      else assert.ok(isCancelled || (isPoison && rows > 0), `run ${i} failed for no reason of its own`);
    }
    const largest = Math.max(maxRows, ...plan.map(({ rows }) => rows));
    assert.ok(sizes.every((size) => (size ?? 0) <= largest));
    await batcher.close();
    assert.equal(batcher.waiting + batcher.running, 0);
  });
  await fc.assert(property, { numRuns: 200 });
});
