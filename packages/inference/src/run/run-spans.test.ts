import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  Call,
  type CallSpan,
  CallTrace,
  type EngineConf,
  Placement,
  SpanKind,
  systemClock,
  type TensorMap,
} from "@paddlewheel/core";
import { createDeferred, ManualClock } from "@paddlewheel/core/testing";
import { gatherModel, identityModel } from "@paddlewheel/onnx";
import { Batcher } from "../batch/batcher.js";
import { createInferManager } from "../infer-manager.js";
import { batchPolicy, layoutOf, silentObserver, wideLimits } from "../testing/batching.js";
import { engineConf } from "../testing/engine-conf.js";
import { createModelFolder } from "../testing/model-folder.js";
import { tensor, tensors, variable, zeros } from "../testing/tensors.js";
import { RunSpans } from "./run-spans.js";

/** A call that is traced, with a node that asks for runs. */
function tracedCall(clock = systemClock): { call: Call; trace: CallTrace; node: CallSpan } {
  const trace = new CallTrace();
  trace.begin({ kind: SpanKind.call, name: "s/m", startedAt: clock.now() });
  const node = trace.begin({ kind: SpanKind.node, name: "n", startedAt: clock.now() });
  return { call: new Call({ service: "s", method: "m", clock, trace }), trace, node };
}

function spansOf({ trace, node: parent }: { trace: CallTrace; node: CallSpan }): RunSpans {
  return new RunSpans({ trace, parent, engine: "e", version: "7", placement: "inline" });
}

/** Kind, kind of the parent, start, end and attributes of what an engine added to a trace. */
function engineSpans({ spans }: CallTrace): unknown[] {
  return spans
    .slice(2)
    .map(({ kind, parent, startedAt, endedAt, attributes }) => [
      kind,
      parent?.kind,
      startedAt,
      endedAt,
      attributes,
    ]);
}

const layout = layoutOf({
  inputs: [variable("x", "float32", ["N", 2])],
  outputs: [variable("y", "float32", ["N"])],
});

describe("a run in a batch", () => {
  function createBatcher(maxRows: number) {
    const clock = new ManualClock();
    const ends = [createDeferred<TensorMap>(), createDeferred<TensorMap>(), createDeferred<TensorMap>()];
    let started = 0;
    const batcher = new Batcher({
      engine: "e",
      policy: batchPolicy({ layout: maxRows > 1 ? layout : undefined, maxRows }),
      limits: wideLimits,
      clock,
      observer: silentObserver,
      slots: () => 1,
      isParallel: true,
      start: async ({ spans }) => {
        for (const one of spans) one.beginRun(clock.now());
        const outputs = await ends[started++]?.promise;
        for (const one of spans) one.endRun(clock.now(), { rows: 1 });
        return outputs ?? new Map();
      },
    });
    return { batcher, clock, ends };
  }

  test("tells each request of its own wait and of the batch they share", async () => {
    const { batcher, clock, ends } = createBatcher(8);
    const first = batcher.run(tensors({ x: zeros(1, 2) }));
    const [a, b] = [tracedCall(clock), tracedCall(clock)];
    const second = batcher.run(tensors({ x: zeros(1, 2) }), a.call, spansOf(a));
    clock.advance(3);
    const third = batcher.run(tensors({ x: zeros(2, 2) }), b.call, spansOf(b));
    const untraced = batcher.run(tensors({ x: zeros(1, 2) }));
    clock.advance(2);
    ends[0]?.resolve(tensors({ y: zeros(1) }));
    await first;
    await nextTurn();
    clock.advance(10);
    ends[1]?.resolve(tensors({ y: zeros(4) }));
    await Promise.all([second, third, untraced]);
    const shared = [
      ["batch", "node", 5, 15, { rows: 4, requests: 3 }],
      ["run", "batch", 5, 15, { version: "7", placement: "inline", rows: 1 }],
    ];
    assert.deepEqual(engineSpans(a.trace), [["queue", "node", 0, 5, {}], ...shared]);
    assert.deepEqual(engineSpans(b.trace), [["queue", "node", 3, 5, {}], ...shared]);
  });

  test("that fails is seen again alone, outside the batch", async () => {
    const { batcher, clock, ends } = createBatcher(8);
    const first = batcher.run(tensors({ x: zeros(1, 2) }));
    const a = tracedCall(clock);
    const runs = [a.call, undefined].map((call) =>
      batcher.run(tensors({ x: zeros(1, 2) }), call, call && spansOf(a)),
    );
    ends[0]?.resolve(tensors({ y: zeros(1) }));
    await first;
    clock.advance(1);
    ends[1]?.reject(new Error("poison"));
    ends[2]?.resolve(tensors({ y: zeros(1) }));
    await Promise.all(runs);
    const kinds = a.trace.spans
      .slice(2)
      .map(({ kind, parent, attributes }) => [kind, parent?.kind, attributes]);
    assert.deepEqual(kinds[1], ["batch", "node", { rows: 2, requests: 2, error: "opFailure" }]);
    assert.deepEqual(kinds.at(-1), ["run", "node", { version: "7", placement: "inline", rows: 1 }]);
  });

  test("whose call stops shows that it left without a run", async () => {
    const { batcher, clock, ends } = createBatcher(1);
    const first = batcher.run(tensors({ x: zeros(1) }));
    const a = tracedCall(clock);
    const left = batcher.run(tensors({ x: zeros(1) }), a.call, spansOf(a));
    clock.advance(4);
    a.call.cancel();
    ends[0]?.resolve(tensors({ y: zeros(1) }));
    await Promise.all([first, assert.rejects(left)]);
    assert.deepEqual(engineSpans(a.trace), [["queue", "node", 0, 4, { left: true }]]);
  });
});

describe("a run in a line", () => {
  function createQueue() {
    const clock = new ManualClock();
    const end = createDeferred<TensorMap>();
    const queue = new Batcher({
      engine: "e",
      policy: batchPolicy({ layout: undefined }),
      limits: wideLimits,
      clock,
      observer: silentObserver,
      slots: () => 1,
      isParallel: true,
      start: () => end.promise,
    });
    return { queue, clock, end, first: queue.run(tensors({})) };
  }

  test("shows how long it waited; one that did not wait shows nothing of it", async () => {
    const { queue, clock, end, first } = createQueue();
    const a = tracedCall(clock);
    const second = queue.run(tensors({}), a.call, spansOf(a));
    clock.advance(6);
    end.resolve(tensors({}));
    await Promise.all([first, second]);
    const b = tracedCall(clock);
    await queue.run(tensors({}), b.call, spansOf(b));
    assert.deepEqual(engineSpans(a.trace), [["queue", "node", 0, 6, {}]]);
    assert.deepEqual(engineSpans(b.trace), []);
  });

  test("shows that it left when its call stops", async () => {
    const { queue, clock } = createQueue();
    const a = tracedCall(clock);
    const left = queue.run(tensors({}), a.call, spansOf(a));
    clock.advance(2);
    a.call.cancel();
    await assert.rejects(left);
    assert.deepEqual(engineSpans(a.trace), [["queue", "node", 0, 2, { left: true }]]);
  });
});

const placements: Record<string, Partial<EngineConf>> = {
  inline: { placement: Placement.inline },
  pool: { placement: Placement.pool, runtimeThreadNum: 1 },
};

for (const [placement, conf] of Object.entries(placements)) {
  describe(`an engine with placement ${placement}`, () => {
    async function load(t: TestContext, model: Uint8Array) {
      const modelDir = await createModelFolder(t, { "model.onnx": model });
      const manager = await createInferManager({ engines: [engineConf({ modelDir, ...conf })] });
      t.after(() => manager.close());
      return manager;
    }

    test("shows the run of a traced call below the node that asked for it", async (t) => {
      const manager = await load(t, identityModel({ dtype: "float32", shape: ["N"] }));
      const { call, trace, node } = tracedCall();
      await manager.infer("e", tensors({ x: zeros(3) }), { call, span: node });
      const run = trace.spans.at(-1);
      assert.deepEqual([run?.kind, run?.name, run?.parent], ["run", "e", node]);
      const { worker, modelUs, ...attributes } = run?.attributes ?? {};
      assert.deepEqual(attributes, { version: "0", placement, rows: 3 });
      const isPool = placement === "pool";
      assert.deepEqual([Number.isInteger(worker), Number(modelUs) >= 0], [isPool, isPool]);
      assert.ok(
        trace.spans
          .slice(2)
          .every(({ startedAt, endedAt = 0 }) => node.startedAt <= startedAt && startedAt <= endedAt),
      );
    });

    test("shows that the model failed", async (t) => {
      const manager = await load(t, gatherModel({ vocabulary: 5, dimension: 2, seed: 1 }));
      const { call, trace } = tracedCall();
      const ids = tensor("int64", [1], BigInt64Array.of(9n));
      await assert.rejects(manager.infer("e", tensors({ ids }), { call }));
      const run = trace.spans.at(-1);
      assert.deepEqual([run?.kind, run?.parent?.kind, run?.attributes.error], ["run", "call", "opFailure"]);
    });

    test("keeps nothing for a call that is not traced", async (t) => {
      const manager = await load(t, identityModel({ dtype: "float32", shape: ["N"] }));
      const { node, trace } = tracedCall();
      const call = new Call({ service: "s", method: "m" });
      await manager.infer("e", tensors({ x: zeros(3) }), { call, span: node });
      assert.equal(trace.spans.length, 2);
    });
  });
}
