import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import {
  Call,
  Code,
  type DType,
  type EngineConf,
  Isolation,
  Placement,
  ServeError,
  type Tensor,
  type TensorData,
} from "@paddlewheel/core";
import { RecordingMetrics } from "@paddlewheel/core/testing";
import { GraphBuilder, gatherModel, identityModel, mlpModel } from "@paddlewheel/onnx";
import { createInferManager } from "../infer-manager.js";
import { engineConf } from "../testing/engine-conf.js";
import { createModelFolder } from "../testing/model-folder.js";
import { Act } from "../testing/scripted-core.js";
import { acting, createScriptedModel, scriptedCoreFactory } from "../testing/scripted-model.js";
import { tensor, tensors, zeros } from "../testing/tensors.js";

/** Every way to run a model must pass the same tests. */
const placements: Record<string, Partial<EngineConf>> = {
  "on the event loop": { placement: Placement.inline },
  "in a pool": { placement: Placement.pool },
  "in a pool of one": { runtimeThreadNum: 1 },
  "in processes": { isolation: Isolation.process },
};

/** An element type with values at its edges. */
const samples: readonly (readonly [DType, TensorData])[] = [
  ["int64", BigInt64Array.of(-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n)],
  ["float32", Float32Array.of(-0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY)],
  ["int32", Int32Array.of(-(2 ** 31), -1, 0, 2 ** 31 - 1)],
  ["float64", Float64Array.of(-0, Number.MIN_VALUE, Number.NaN, Number.MAX_VALUE)],
  ["int16", Int16Array.of(-32768, -1, 0, 32767)],
  ["float16", Uint16Array.of(0x3c00, 0xbc00, 0x7c00, 0x0001)],
  ["uint8", Uint8Array.of(0, 1, 128, 255)],
  ["int8", Int8Array.of(-128, -1, 0, 127)],
  ["bool", Uint8Array.of(0, 1, 1, 0)],
  ["string", ["", "a", "straße", "😀 \n"]],
];

for (const [where, conf] of Object.entries(placements)) {
  describe(`an engine that runs ${where}`, () => {
    async function load(t: TestContext, model: Uint8Array) {
      const modelDir = await createModelFolder(t, { "model.onnx": model });
      const metrics = new RecordingMetrics();
      const engines = [engineConf({ modelDir, ...conf })];
      const manager = await createInferManager({ engines, metrics, defaultThreadNum: 2 });
      t.after(() => manager.close());
      return {
        manager,
        metrics,
        run: (inputs: Record<string, Tensor>) => manager.infer("e", tensors(inputs)),
      };
    }

    for (const [dtype, data] of samples) {
      test(`passes ${dtype} through unchanged`, async (t) => {
        const { run, manager } = await load(t, identityModel({ dtype, shape: ["N", 2] }));
        const x = tensor(dtype, [2, 2], data);
        assert.deepEqual(await run({ x }), tensors({ y: x }));
        const none = tensor(dtype, [0, 2], data.slice(0, 0));
        assert.deepEqual(await run({ x: none }), tensors({ y: none }));
        assert.deepEqual(manager.engine("e").signature, {
          inputs: [{ name: "x", dtype, shape: ["N", 2] }],
          outputs: [{ name: "y", dtype, shape: ["N", 2] }],
        });
      });
    }

    test("reads views on larger buffers and leaves them to their owner", async (t) => {
      const { run } = await load(t, identityModel({ dtype: "float32", shape: ["N"] }));
      for (const length of [3, 10_000]) {
        const body = Float32Array.from({ length: length + 7 }, (_, i) => i);
        const x = tensor("float32", [length], body.subarray(5, 5 + length));
        assert.deepEqual((await run({ x })).get("y")?.data, body.slice(5, 5 + length));
        assert.equal(body.length, length + 7);
        assert.equal(x.data.length, length);
      }
    });

    test("reads Buffers and shared memory", async (t) => {
      const { run } = await load(t, identityModel({ dtype: "uint8", shape: ["N"] }));
      const buffer = tensor("uint8", [3], Buffer.from([1, 2, 3]));
      assert.deepEqual((await run({ x: buffer })).get("y")?.data, Uint8Array.of(1, 2, 3));
      const shared = tensor("uint8", [20_000], new Uint8Array(new SharedArrayBuffer(20_000)).fill(7));
      assert.deepEqual((await run({ x: shared })).get("y")?.data, new Uint8Array(20_000).fill(7));
    });

    test("gives several outputs in the model's order", async (t) => {
      const graph = new GraphBuilder();
      const a = graph.input("a", { dtype: "float32", shape: ["N"] });
      const b = graph.input("b", { dtype: "float32", shape: ["N"] });
      const type = { dtype: "float32", shape: ["N"] } as const;
      graph.output(graph.mul(a, b, { output: "product" }), type);
      graph.output(graph.add(a, b, { output: "a sum" }), type);
      const { run } = await load(t, graph.build());
      const outputs = await run({
        b: tensor("float32", [2], Float32Array.of(3, 4)),
        a: tensor("float32", [2], Float32Array.of(1, 2)),
      });
      assert.deepEqual(
        [...outputs],
        [
          ["product", tensor("float32", [2], Float32Array.of(3, 8))],
          ["a sum", tensor("float32", [2], Float32Array.of(4, 6))],
        ],
      );
    });

    test("runs scalars", async (t) => {
      const { run } = await load(t, identityModel({ dtype: "int32", shape: [] }));
      const x = tensor("int32", [], Int32Array.of(7));
      assert.deepEqual(await run({ x }), tensors({ y: x }));
    });

    test("gives every caller its own answer when many ask at once", async (t) => {
      const { run } = await load(t, identityModel({ dtype: "float32", shape: ["N"] }));
      const asked = Array.from({ length: 100 }, (_, i) => tensor("float32", [2], Float32Array.of(i, -i)));
      const answers = await Promise.all(asked.map((x) => run({ x })));
      assert.deepEqual(
        answers,
        asked.map((y) => tensors({ y })),
      );
    });

    test("computes what the model says", async (t) => {
      const { run } = await load(t, mlpModel({ layers: [8, 16, 4], seed: 1 }));
      const { data } = (await run({ x: zeros(3, 8) })).get("y") ?? zeros();
      assert.deepEqual(data, new Float32Array(12).fill(0.25));
    });

    test("refuses inputs that do not fit before they cost a run", async (t) => {
      const { run, metrics } = await load(t, mlpModel({ layers: [8, 4], seed: 1 }));
      await assert.rejects(
        run({ x: zeros(1, 9) }),
        new ServeError(Code.invalidArgument, 'tensor "x": axis 1 is 9, the model of engine "e" wants 8'),
      );
      assert.equal(metrics.counted("pd_inference_count_total"), 0);
    });

    test("says in one line what a model failed at, and goes on", async (t) => {
      const { run, metrics } = await load(t, gatherModel({ vocabulary: 5, dimension: 2, seed: 1 }));
      const ids = (id: bigint) => ({ ids: tensor("int64", [1], BigInt64Array.of(id)) });
      await assert.rejects(
        run(ids(9n)),
        new ServeError(
          Code.opFailure,
          'engine "e": the model failed: Gather: indices element out of data bounds, ' +
            "idx=9 must be within the inclusive range [-5,4]",
        ),
      );
      assert.equal((await run(ids(4n))).get("vectors")?.data.length, 2);
      assert.equal(metrics.counted("pd_inference_count_total"), 2);
    });

    test("does not run for a call that has stopped", async (t) => {
      const { manager, metrics } = await load(t, identityModel({ dtype: "float32", shape: ["N"] }));
      const call = new Call({ service: "s", method: "m" });
      call.cancel("gone");
      const run = manager.infer("e", tensors({ x: zeros(1) }), { call });
      await assert.rejects(run, new ServeError(Code.cancelled, "gone"));
      assert.equal(metrics.counted("pd_inference_count_total"), 0);
    });

    test("measures runs, rows, waiting and copies under the engine's name and version", async (t) => {
      const { manager, run, metrics } = await load(t, identityModel({ dtype: "float32", shape: ["N"] }));
      await run({ x: zeros(3) });
      await run({ x: zeros(5) });
      const labels = { model: "e", version: "0" };
      assert.equal(metrics.counted("pd_inference_count_total", labels), 2);
      const micros = metrics.counted("pd_inference_duration_us_total", labels);
      const seconds = metrics.observations("paddlewheel_engine_run_seconds", labels);
      assert.ok(micros > 0 && seconds.length === 2);
      assert.ok(Math.abs(micros / 1e6 - (seconds[0] ?? 0) - (seconds[1] ?? 0)) < 2e-6);
      assert.deepEqual(metrics.observations("paddlewheel_engine_batch_size", labels), [3, 5]);
      const waits = metrics.observations("paddlewheel_engine_queue_seconds", labels);
      assert.ok(waits.length === 2 && waits.every((wait) => wait >= 0));
      assert.equal(metrics.gaugeValue("paddlewheel_engine_queue_depth", labels), 0);
      assert.equal(metrics.gaugeValue("paddlewheel_engine_loaded", labels), manager.engines()[0]?.copies);
      await manager.close();
      assert.equal(metrics.gaugeValue("paddlewheel_engine_loaded", labels), 0);
    });

    test("closes after the runs under way and refuses later ones", async (t) => {
      const { manager, run } = await load(t, mlpModel({ layers: [256, 256, 4], seed: 1 }));
      const runs = Array.from({ length: 40 }, () => run({ x: zeros(64, 256) }));
      await new Promise((resolve) => setImmediate(resolve));
      const closed = manager.close();
      const refused = assert.rejects(
        run({ x: zeros(1, 256) }),
        new ServeError(Code.unavailable, 'engine "e" is closed'),
      );
      for (const outputs of await Promise.all(runs)) assert.equal(outputs.get("y")?.data.length, 256);
      await Promise.all([closed, manager.close(), refused]);
      assert.equal(manager.isReady, false);
    });

    const noGate = conf.isolation === Isolation.process && "a gate is not reached from another process";
    test("refuses a run when max_queue_size runs wait, and serves those that wait", {
      skip: noGate,
    }, async (t) => {
      const { dir, gate } = await createScriptedModel(t);
      const engines = [
        engineConf({ modelDir: dir, type: "SCRIPT", maxQueueSize: 2, batchInferSize: 1, ...conf }),
      ];
      const cores = new Map([["SCRIPT", scriptedCoreFactory]]);
      const manager = await createInferManager({ engines, cores, defaultThreadNum: 2 });
      t.after(() => manager.close());
      const waiting = () => manager.engines()[0]?.waiting ?? 0;
      const runs: Promise<unknown>[] = [];
      while (waiting() < 2) runs.push(manager.infer("e", acting(Act.wait)));
      await assert.rejects(
        manager.infer("e", acting(Act.echo)),
        new ServeError(Code.resourceExhausted, 'engine "e": 2 runs are waiting, the limit of max_queue_size'),
      );
      assert.deepEqual([waiting(), manager.engines()[0]?.running], [2, runs.length - 2]);
      for (const _ of runs) {
        await gate.arrival();
        gate.open();
      }
      await Promise.all(runs);
    });
  });
}
