import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { defaultSessionConf } from "@paddlewheel/core";
import { linearModel } from "@paddlewheel/onnx";
import { createModelFolder } from "../testing/model-folder.js";
import { tensor, tensors } from "../testing/tensors.js";
import { OnnxCore } from "./onnx-core.js";

const x = tensor("float32", [1, 2], Float32Array.of(10, 100));
const y = tensor("float32", [1, 1], Float32Array.of(213));

describe("OnnxCore", () => {
  test("has clones that outlive it", async (t) => {
    const folder = await createModelFolder(t, { "model.onnx": linearModel({ weights: [1, 2], bias: 3 }) });
    const core = new OnnxCore();
    await core.create(join(folder, "model.onnx"));
    const clone = await core.clone();
    await core.release();
    await core.release();
    await assert.rejects(core.run(tensors({ x })), new Error("the model is not loaded"));
    await assert.rejects(core.clone(), new Error("the model is not loaded"));
    assert.deepEqual(await clone.run(tensors({ x })), tensors({ y }));
    await clone.release();
  });

  test("opens the original when what was prepared cannot be opened, and says so", async (t) => {
    const folder = await createModelFolder(t, { "model.onnx": linearModel({ weights: [1, 2], bias: 3 }) });
    const core = new OnnxCore({ preparedDir: join(folder, "gone") });
    await core.create(join(folder, "model.onnx"));
    assert.match(
      String(core.warning),
      /^the prepared model cannot be opened, the original is used: \/.*\/gone\/model\.onnx: /,
    );
    assert.deepEqual(await core.run(tensors({ x })), tensors({ y }));
    await core.release();
  });

  test("takes session options, and says which the runtime does not take", async (t) => {
    const folder = await createModelFolder(t, { "model.onnx": linearModel({ weights: [1, 2], bias: 3 }) });
    const file = join(folder, "model.onnx");
    const plain = new OnnxCore({ session: { ...defaultSessionConf, graphOptimizationLevel: "disabled" } });
    await plain.create(file);
    assert.deepEqual(await plain.run(tensors({ x })), tensors({ y }));
    await plain.release();
    const session = { ...defaultSessionConf, executionProviders: ["nonesuch"] };
    await assert.rejects(new OnnxCore({ session }).create(file), (thrown: Error) => {
      assert.ok(thrown.message.startsWith(`${file}: `) && !thrown.message.includes("\n"), thrown.message);
      return true;
    });
  });
});
