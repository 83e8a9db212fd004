import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { opOf } from "@paddlewheel/core/testing";
import { createRegistries } from "@paddlewheel/server";
import * as demo from "./index.js";

describe("registerDemo", () => {
  test("adds Ops and services by the names that conf of the demo has", () => {
    const registries = createRegistries();
    const before = new Set([...registries.ops.types(), ...registries.services.keys()]);
    demo.registerDemo(registries);
    const after = [...registries.ops.types(), ...registries.services.keys()];
    assert.deepEqual(
      after.filter((name) => !before.has(name)),
      [
        "CommonEchoOp",
        "DenseEchoOp",
        "SparseEchoOp",
        "Int64TensorEchoOp",
        "ReaderOp",
        "ClassifyOp",
        "WriteJsonOp",
        "TextClassificationOp",
        "BuiltinTestEchoService",
        "BuiltinDenseFormatService",
        "BuiltinSparseFormatService",
        "BuiltinFluidService",
        "ImageClassifyService",
        "TextClassificationService",
      ],
    );
  });

  test("leaves names to those who have them, and may be called twice", () => {
    const registries = createRegistries();
    const own = opOf("ClassifyOp", () => {});
    registries.ops.register(own);
    const factory = () => {
      throw new Error("not called here");
    };
    registries.services.set("ImageClassifyService", factory);
    demo.registerDemo(registries);
    demo.registerDemo(registries);
    assert.equal(registries.ops.get("ClassifyOp"), own);
    assert.equal(registries.services.get("ImageClassifyService"), factory);
    assert.equal(registries.ops.get("ReaderOp"), demo.ReaderOp);
  });

  test("is what a module of Ops must export", () => {
    assert.equal(demo.register, demo.registerDemo);
  });
});
