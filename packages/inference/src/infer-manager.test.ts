import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { Code, type EngineConf, ServeError } from "@paddlewheel/core";
import { RecordingLogger } from "@paddlewheel/core/testing";
import { GraphBuilder, identityModel, linearModel, type OnnxElementType } from "@paddlewheel/onnx";
import { createInferManager, type InferManagerOptions, type LoadProgress } from "./infer-manager.js";
import { engineConf } from "./testing/engine-conf.js";
import { createModelFolder } from "./testing/model-folder.js";
import { createScriptedModel, scriptedCoreFactory } from "./testing/scripted-model.js";
import { tensor, tensors, zeros } from "./testing/tensors.js";

const linear = linearModel({ weights: [1, 2], bias: 3, fetchName: "price" });

async function load(t: TestContext, engines: EngineConf[], options: Partial<InferManagerOptions> = {}) {
  const manager = await createInferManager({ engines, defaultThreadNum: 1, ...options });
  t.after(() => manager.close());
  return manager;
}

/** The reason a folder with this `model.onnx` is refused, the folder's path replaced by DIR. */
async function refusal(t: TestContext, model: Uint8Array | string, conf: Partial<EngineConf> = {}) {
  const modelDir = await createModelFolder(t, { "model.onnx": model });
  try {
    await load(t, [engineConf({ modelDir, ...conf })]);
  } catch (thrown) {
    assert.ok(thrown instanceof ServeError);
    assert.equal(thrown.code, Code.modelLoadFailure);
    return thrown.message.replaceAll(modelDir, "DIR");
  }
  return undefined;
}

describe("createInferManager", () => {
  test("finds engines by name", async (t) => {
    const modelDir = await createModelFolder(t, { "uci.onnx": linear });
    const manager = await load(t, [engineConf({ name: "uci", modelDir })]);
    assert.ok(manager.has("uci") && !manager.has("constructor"));
    assert.equal(manager.engine("uci").version, "0");
    assert.deepEqual(manager.engine("uci").model.fetchVars, [
      { name: "price", aliasName: "price", dtype: "float32", shape: [1], isLodTensor: false },
    ]);
    const x = tensor("float32", [1, 2], Float32Array.of(10, 100));
    const price = tensor("float32", [1, 1], Float32Array.of(213));
    assert.deepEqual(await manager.infer("uci", tensors({ x })), tensors({ price }));
    const missing = new ServeError(Code.notFound, 'no engine named "iuc"');
    await assert.rejects(manager.infer("iuc", tensors({ x })), missing);
    assert.throws(() => manager.engine("iuc"), missing);
  });

  test("starts without engines", async (t) => {
    const manager = await load(t, []);
    assert.deepEqual([manager.isReady, manager.engines()], [true, []]);
  });

  test("loads Paddle's engine types as the ONNX model in the folder", async (t) => {
    const modelDir = await createModelFolder(t, { "model.onnx": linear });
    const types = ["PADDLE_INFER", "FLUID_CPU_ANALYSIS_DIR", "FLUID_GPU_NATIVE_DIR"];
    const manager = await load(
      t,
      types.map((type) => engineConf({ name: type, type, modelDir, placement: "inline" })),
    );
    assert.deepEqual(
      manager.engines().map(({ name, type }) => [name, type]),
      types.map((type) => [type, type]),
    );
  });

  test("places a quick model inline, a slow one in the pool, and says why", async (t) => {
    const cores = new Map([["SCRIPT", scriptedCoreFactory]]);
    const quick = await createScriptedModel(t);
    const slow = await createScriptedModel(t);
    await slow.onLoad("slow");
    const engines = [quick, slow].map(({ dir }, i) =>
      engineConf({ name: `${i}`, modelDir: dir, type: "SCRIPT" }),
    );
    const manager = await load(t, engines, { cores, defaultThreadNum: 2 });
    const [first, second] = manager.engines();
    assert.equal(first?.placement.kind, "inline");
    assert.match(first?.placement.reason ?? "", /^a run takes \d+ µs, less than 200 µs$/);
    assert.equal(first?.copies, 1);
    assert.equal(second?.placement.kind, "pool");
    assert.match(second?.placement.reason ?? "", /^a run takes \d+ µs, inline runs stay below 200 µs$/);
    assert.equal(second?.copies, 2);
  });

  test("names every engine that cannot be loaded, and closes the others", async (t) => {
    const good = await createModelFolder(t, { "model.onnx": linear });
    const bad = await createModelFolder(t, { "model.onnx": "no model" });
    const engines = [
      engineConf({ name: "good", modelDir: good }),
      engineConf({ name: "bad", modelDir: bad }),
      engineConf({ name: "good", modelDir: good }),
      engineConf({ name: "type", modelDir: good, type: "ONXX" }),
      engineConf({ name: "none", modelDir: `${good}/none` }),
    ];
    await assert.rejects(createInferManager({ engines }), (thrown: ServeError) => {
      assert.equal(thrown.code, Code.modelLoadFailure);
      const lines = thrown.message.split("\n");
      assert.match(lines[0] ?? "", /^engine "bad": .*model\.onnx: /);
      assert.equal(lines[1], 'engine "good": another engine has the same name');
      assert.match(
        lines[2] ?? "",
        /^engine "type": there is no engine type "ONXX"; did you mean "ONNX"\? \(known: ONNX, /,
      );
      assert.equal(lines[3], `engine "none": there is no model folder ${good}/none`);
      assert.equal(lines.length, 4);
      return true;
    });
  });

  test("tells how the load goes on", async (t) => {
    const good = await createModelFolder(t, { "model.onnx": linear });
    const engines = [
      engineConf({ name: "a", modelDir: good, placement: "inline" }),
      engineConf({ name: "b", modelDir: "/none" }),
    ];
    const told: LoadProgress[] = [];
    await assert.rejects(createInferManager({ engines, onProgress: (progress) => told.push(progress) }));
    assert.deepEqual(
      told.map(({ kind, engine }) => [kind, engine]),
      [
        ["loading", "a"],
        ["loaded", "a"],
        ["loading", "b"],
        ["failed", "b"],
      ],
    );
  });

  test("logs what was loaded and where it runs", async (t) => {
    const modelDir = await createModelFolder(t, { "model.onnx": linear });
    const logger = new RecordingLogger();
    await load(t, [engineConf({ modelDir, placement: "inline", batchInferSize: 1 })], { logger });
    const [line] = logger.lines;
    assert.equal(line?.message, "engine loaded");
    const place = { placement: "inline", reason: "conf says inline", copies: 1 };
    const batches = { batchRows: 1, batchReason: "conf says batch_infer_size 1" };
    assert.deepEqual(
      { ...line?.fields, loadMs: 0, runMicros: 0 },
      { engine: "e", version: "0", ...place, ...batches, loadMs: 0, runMicros: 0 },
    );
  });

  test("serves a model that cannot be warmed up on zeros of size 1, in the pool, with a warning", async (t) => {
    const graph = new GraphBuilder();
    const x = graph.input("x", { dtype: "float32", shape: ["N", 1, "H", "W"] });
    const kernel = graph.initializer("k", { shape: [1, 1, 3, 3], data: new Float32Array(9).fill(1) });
    const y = graph.reshape(graph.conv(x, kernel, {}), [1, 4]);
    graph.output(y, { dtype: "float32", shape: [1, 4] });
    const modelDir = await createModelFolder(t, { "model.onnx": graph.build() });
    const logger = new RecordingLogger();
    const manager = await load(t, [engineConf({ modelDir })], { logger });
    const [status] = manager.engines();
    assert.equal(status?.placement.reason, "the run time is unknown: the warm-up failed");
    assert.equal(status?.warmUp.runMicros, undefined);
    assert.equal(logger.lines.at(-1)?.message, "the warm-up on made-up inputs failed");
    assert.deepEqual((await manager.infer("e", tensors({ x: zeros(1, 1, 4, 4) }))).get(y)?.shape, [1, 4]);
  });

  test("is ready while every engine has a copy that can run", async (t) => {
    const { dir } = await createScriptedModel(t);
    const cores = new Map([["SCRIPT", scriptedCoreFactory]]);
    const manager = await load(t, [engineConf({ modelDir: dir, type: "SCRIPT" })], { cores });
    assert.equal(manager.isReady, true);
    await manager.close();
    assert.equal(manager.isReady, false);
    assert.equal(manager.engines()[0]?.isReady, false);
  });

  test("refuses a model that reads files outside its folder", async (t) => {
    const graph = new GraphBuilder();
    const secret = graph.externalInitializer("w", { dtype: "uint8", shape: [8], location: "../secret.env" });
    graph.output(graph.identity(secret, { output: "y" }), { dtype: "uint8", shape: [8] });
    assert.equal(
      await refusal(t, graph.build()),
      'engine "e": DIR/model.onnx: external data "../secret.env" of tensor "w": must not contain ".."',
    );
  });

  test("loads a model whose weights lie in its folder", async (t) => {
    const graph = new GraphBuilder();
    const x = graph.input("x", { dtype: "float32", shape: [2] });
    const w = graph.externalInitializer("w", { dtype: "float32", shape: [2], location: "w.bin" });
    graph.output(graph.add(x, w, { output: "y" }), { dtype: "float32", shape: [2] });
    const modelDir = await createModelFolder(t, { "model.onnx": graph.build() });
    await writeFile(join(modelDir, "w.bin"), Buffer.from(Float32Array.of(5, 6).buffer));
    const manager = await load(t, [engineConf({ modelDir, runtimeThreadNum: 1 })]);
    assert.deepEqual(
      (await manager.infer("e", tensors({ x: zeros(2) }))).get("y")?.data,
      Float32Array.of(5, 6),
    );
  });

  test("refuses element types that cannot be served", async (t) => {
    const served = "int64, float32, int32, float64, int16, float16, uint8, int8, bool, string";
    for (const dtype of [
      "bfloat16",
      "complex64",
      "complex128",
      "uint16",
      "uint32",
      "uint64",
      "int4",
    ] as OnnxElementType[]) {
      assert.equal(
        await refusal(t, identityModel({ dtype, shape: ["N"] })),
        `engine "e": DIR/model.onnx: input "x" is ${dtype}, which cannot be served; what can: ${served}; ` +
          `output "y" is ${dtype}, which cannot be served; what can: ${served}`,
      );
    }
  });

  test("says why a file is no model", async (t) => {
    assert.match((await refusal(t, "")) ?? "", /^engine "e": DIR\/model\.onnx: the model is empty/);
    assert.match((await refusal(t, linear.subarray(0, 100))) ?? "", /^engine "e": DIR\/model\.onnx: /);
    const graph = new GraphBuilder();
    const x = graph.input("x", { dtype: "float32", shape: [1] });
    graph.output(graph.node("NoSuchOp", [x]), { dtype: "float32", shape: [1] });
    for (const placement of ["inline", "pool", "auto"] as const) {
      assert.match(
        (await refusal(t, graph.build(), { placement })) ?? "",
        /^engine "e": DIR\/model\.onnx: .*No Op registered for NoSuchOp/,
      );
    }
  });

  test("holds conf against the model", async (t) => {
    const price = {
      name: "price",
      aliasName: "price",
      dtype: "int64",
      shape: [1],
      isLodTensor: false,
    } as const;
    const x = { name: "x", aliasName: "x", dtype: "float32", shape: [2], isLodTensor: false } as const;
    for (const placement of ["inline", "pool"] as const) {
      assert.equal(
        await refusal(t, linear, { placement, model: { feedVars: [x], fetchVars: [price] } }),
        'engine "e": fetch_var "price": is int64 in conf and float32 in the model',
      );
    }
    const modelDir = await createModelFolder(t, { "model.onnx": linear });
    const model = { feedVars: [{ ...x, aliasName: "features" }], fetchVars: [] };
    const manager = await load(t, [engineConf({ modelDir, model })]);
    assert.equal(manager.engine("e").model, model);
  });

  test("refuses a conf that wants threads and no threads", async (t) => {
    assert.equal(
      await refusal(t, linear, { placement: "inline", runtimeThreadNum: 2 }),
      'engine "e": placement is inline, which has no threads, but runtime_thread_num is 2; it must be 0',
    );
  });
});
