import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { defaultSessionConf } from "@paddlewheel/core";
import {
  GraphBuilder,
  gatherModel,
  identityModel,
  linearModel,
  mlpModel,
  resnet50Model,
} from "@paddlewheel/onnx";
import type { Preparation } from "../core/fluid-family-core.js";
import { createModelFolder } from "../testing/model-folder.js";
import { isAligned, prepareOnnxModel } from "./prepare-onnx-model.js";

interface Prepared {
  readonly preparation: Preparation;
  readonly preparedDir: string;
}

async function prepare(t: TestContext, files: Readonly<Record<string, Uint8Array>>): Promise<Prepared> {
  const folder = await createModelFolder(t, files);
  const preparedDir = join(folder, "prepared");
  await mkdir(preparedDir);
  const dataPath = join(folder, "model.onnx");
  const request = { dataPath, preparedDir, session: defaultSessionConf, model: undefined };
  return { preparation: await prepareOnnxModel(request), preparedDir };
}

/** The zoo of @paddlewheel/onnx; the ResNet-50 with small images, which cost less and have the same weights. */
const zoo: Readonly<Record<string, () => Uint8Array>> = {
  linear: () => linearModel({ weights: [1, 2, 3], bias: 4 }),
  mlp: () => mlpModel({ layers: [64, 300, 200, 10], seed: 1 }),
  // Large weights of odd sizes with small ones between them: only some of their packed forms begin on a page.
  "mlp of odd sizes": () => mlpModel({ layers: [701, 1301, 11, 1303, 1307, 13], seed: 1 }),
  gather: () => gatherModel({ vocabulary: 1000, dimension: 32, seed: 1 }),
  "identity of int64": () => identityModel({ dtype: "int64", shape: ["N", 3] }),
  "identity of string": () => identityModel({ dtype: "string", shape: ["N"] }),
  "ResNet-50": () => resnet50Model({ seed: 1, imageSize: 64, classes: 10 }),
};

describe("prepareOnnxModel", () => {
  for (const [name, build] of Object.entries(zoo)) {
    test(`${name}: gives the same bits as the original`, async (t) => {
      const { preparation } = await prepare(t, { "model.onnx": build() });
      assert.deepEqual(preparation, { isReady: true });
    });
  }

  test("takes weights from the files a model has them in", async (t) => {
    const weights = Float32Array.from({ length: 8 * 40_000 }, (_, i) => Math.sin(i));
    const graph = new GraphBuilder();
    const x = graph.input("x", { dtype: "float32", shape: ["N", 8] });
    const w = graph.externalInitializer("w", { dtype: "float32", shape: [8, 40_000], location: "w.bin" });
    graph.matMul(x, w, { output: "y" });
    graph.output("y", { dtype: "float32", shape: ["N", 40_000] });
    const files = { "model.onnx": graph.build(), "w.bin": new Uint8Array(weights.buffer) };
    const { preparation, preparedDir } = await prepare(t, files);
    assert.deepEqual(preparation, { isReady: true });
    assert.ok((await readFile(join(preparedDir, "weights.bin"))).length >= weights.byteLength);
  });

  test("holds what a model does not repeat itself to its type and shape", async (t) => {
    const graph = new GraphBuilder();
    const x = graph.input("x", { dtype: "float32", shape: ["N", 3] });
    graph.node("RandomNormalLike", [x], {}, { outputs: ["y"] });
    graph.output("y", { dtype: "float32", shape: ["N", 3] });
    const { preparation } = await prepare(t, { "model.onnx": graph.build() });
    assert.deepEqual(preparation, { isReady: true });
  });

  test("does not prepare what it cannot try", async (t) => {
    const graph = new GraphBuilder();
    const ids = graph.input("ids", { dtype: "int64", shape: ["N"] });
    const table = graph.initializer("table", { shape: [1, 2], data: Float32Array.of(1, 2) });
    graph.gather(table, ids, { output: "y" });
    graph.output("y", { dtype: "float32", shape: ["N", 2] });
    await assert.rejects(prepare(t, { "model.onnx": graph.build() }), {
      message:
        "it cannot be tried on made-up inputs: Gather: indices element out of data bounds, idx=1 must be within the inclusive range [-1,0]",
    });
  });
});

describe("isAligned", () => {
  test("only when each part of the weights begins where vectors may", async (t) => {
    const isAlignedAt = async (offset: number) => {
      const graph = new GraphBuilder();
      const w = graph.externalInitializer("w", { dtype: "float32", shape: [16], location: "w.bin", offset });
      graph.identity(w, { output: "y" });
      graph.output("y", { dtype: "float32", shape: [16] });
      return isAligned(join(await createModelFolder(t, { "model.onnx": graph.build() }), "model.onnx"));
    };
    assert.deepEqual(await Promise.all([0, 4096, 64, 48, 4].map(isAlignedAt)), [
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
