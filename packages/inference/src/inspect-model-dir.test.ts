import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { GraphBuilder, linearModel } from "@paddlewheel/onnx";
import { inspectModelDir } from "./inspect-model-dir.js";
import { createModelFolder } from "./testing/model-folder.js";

describe("inspectModelDir", () => {
  test("tells file, size, signature, operators and parameters", async (t) => {
    const bytes = linearModel({ weights: [1, 2, 3], bias: 4 });
    const folder = await createModelFolder(t, { "uci.onnx": bytes });
    const inspection = await inspectModelDir(folder);
    assert.equal(inspection.file, join(folder, "uci.onnx"));
    assert.equal(inspection.bytes, bytes.length);
    assert.deepEqual(inspection.inputs, [{ name: "x", dtype: "float32", shape: ["N", 3] }]);
    assert.deepEqual(inspection.outputs, [{ name: "y", dtype: "float32", shape: ["N", 1] }]);
    assert.deepEqual(
      inspection.opCounts,
      new Map([
        ["MatMul", 1],
        ["Add", 1],
      ]),
    );
    assert.equal(inspection.parameterCount, 4);
  });

  test("takes the highest of several versions", async (t) => {
    const model = linearModel({ weights: [1], bias: 4 });
    const folder = await createModelFolder(t, { "9/model.onnx": "", "10/model.onnx": model, "011/x": "" });
    assert.equal((await inspectModelDir(folder)).file, join(folder, "10", "model.onnx"));
  });

  test("counts each file of weights once", async (t) => {
    const graph = new GraphBuilder();
    const a = graph.externalInitializer("a", { dtype: "uint8", shape: [100], location: "w.bin" });
    const b = graph.externalInitializer("b", {
      dtype: "uint8",
      shape: [100],
      location: "./w.bin",
      offset: 100,
    });
    graph.output(graph.add(a, b), { dtype: "uint8", shape: [100] });
    const bytes = graph.build();
    const folder = await createModelFolder(t, { "model.onnx": bytes, "w.bin": "w".repeat(200) });
    assert.equal((await inspectModelDir(folder)).bytes, bytes.length + 200);
  });

  test("refuses what an engine would refuse", async (t) => {
    await assert.rejects(inspectModelDir("/none"), new Error("there is no model folder /none"));
    const graph = new GraphBuilder();
    graph.output(graph.externalInitializer("w", { dtype: "uint8", shape: [1], location: "/etc/passwd" }), {
      dtype: "uint8",
      shape: [1],
    });
    const folder = await createModelFolder(t, { "model.onnx": graph.build() });
    await assert.rejects(inspectModelDir(folder), /external data "\/etc\/passwd" of tensor "w"/);
  });
});
