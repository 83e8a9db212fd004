import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { summarizeModel } from "../read/summarize-model.js";
import * as reference from "../testing/reference-ops.js";
import { runModel } from "../testing/run-model.js";
import { gatherModel } from "./gather-model.js";
import { identityModel } from "./identity-model.js";
import { linearModel } from "./linear-model.js";
import { mlpModel } from "./mlp-model.js";
import { resnet50Model } from "./resnet50-model.js";
import { seededRandom } from "./seeded-random.js";

describe("the ready models", () => {
  test("linear: one price per row", async () => {
    const model = linearModel({ weights: [1, 2, 3], bias: 0.5 });
    const { shape, values } = await runModel(model, { x: { shape: [2, 3], values: [1, 1, 1, 0, 0, -1] } });
    assert.deepEqual({ shape, values }, { shape: [2, 1], values: [6.5, -2.5] });
  });

  test("mlp: scores that sum to 1 and differ by input", async () => {
    const model = mlpModel({ layers: [8, 16, 4], seed: 3 });
    const random = seededRandom(1);
    const values = Array.from({ length: 16 }, () => 2 * random() - 1);
    const scores = await runModel(model, { x: { shape: [2, 8], values } });
    assert.deepEqual(scores.shape, [2, 4]);
    assert.ok(Math.abs(reference.sum(scores.values.slice(0, 4)) - 1) < 1e-6);
    assert.notDeepEqual(scores.values.slice(0, 4), scores.values.slice(4));
    assert.equal(summarizeModel(model).parameterCount, 8 * 16 + 16 + 16 * 4 + 4);
  });

  test("mlp: the same seed gives the same bytes, another one other bytes", () => {
    const [a, b, c] = [5, 5, 6].map((seed) => mlpModel({ layers: [4, 3], seed }));
    assert.deepEqual(a, b);
    assert.notDeepEqual(a, c);
    assert.throws(() => mlpModel({ layers: [4], seed: 1 }), {
      name: "OnnxBuildError",
      message: "layers: must have at least two sizes, has 1",
    });
  });

  test("identity: what it gets, in any type", async () => {
    const model = identityModel({ dtype: "int64", shape: ["N", 2] });
    const { values } = await runModel(model, { x: { dtype: "int64", shape: [1, 2], values: [7, -7] } });
    assert.deepEqual(values, [7, -7]);
    const { inputs } = summarizeModel(identityModel({ dtype: "string", shape: ["N"], feedName: "words" }));
    assert.deepEqual(inputs, [{ name: "words", dtype: "string", shape: ["N"] }]);
  });

  test("gather: the vectors of the ids", async () => {
    const model = gatherModel({ vocabulary: 5, dimension: 3, seed: 2 });
    const look = (values: number[]) =>
      runModel(model, { ids: { dtype: "int64", shape: [values.length], values } });
    const all = await look([0, 1, 2, 3, 4]);
    const { shape, values } = await look([4, 1]);
    assert.deepEqual(shape, [2, 3]);
    assert.deepEqual(values, [...all.values.slice(12, 15), ...all.values.slice(3, 6)]);
  });

  test("ResNet-50: the real shape and size, finite scores that no single class takes", async () => {
    const model = resnet50Model({ seed: 1 });
    const summary = summarizeModel(model);
    assert.deepEqual(summary.inputs, [{ name: "image", dtype: "float32", shape: ["N", 3, 224, 224] }]);
    assert.deepEqual(summary.outputs, [{ name: "score", dtype: "float32", shape: ["N", 1000] }]);
    // 25,557,032 that are trained, and mean and variance of 26,560 channels.
    assert.equal(summary.parameterCount, 25_557_032 + 2 * 26_560);
    assert.equal(summary.opCounts.get("Conv"), 53);

    const random = seededRandom(2);
    const values = Array.from({ length: 3 * 224 * 224 }, () => 2 * random() - 1);
    const { values: scores } = await runModel(model, { image: { shape: [1, 3, 224, 224], values } });
    assert.equal(scores.length, 1000);
    assert.ok(Math.abs(reference.sum(scores) - 1) < 1e-5);
    assert.ok(Math.max(...scores) < 0.5);
  });
});

describe("seededRandom", () => {
  test("gives the same numbers for a seed on every machine, from 0 up to 1", () => {
    const random = seededRandom(42);
    assert.deepEqual(
      Array.from({ length: 3 }, random),
      [0.21884024143218994, 0.9193854928016663, 0.07482397556304932],
    );
    const many = Array.from({ length: 10_000 }, random);
    assert.ok(many.every((value) => value >= 0 && value < 1));
    assert.ok(Math.abs(reference.sum(many) / many.length - 0.5) < 0.01);
  });
});
