import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import type { GeneralTensor } from "@paddlewheel/wire";
import { toPrediction } from "./prediction.js";
import { emptyResponse } from "./testing/fake-server.js";

const tensor = { dtype: "float32", shape: [1], data: Float32Array.of(3) } as const;
const price: GeneralTensor = { ...tensor, name: "fc_0", aliasName: "price" };

describe("an answer", () => {
  test("of one model is its tensors by alias name", () => {
    const outputs = [{ engineName: "a", tensors: [price] }];
    assert.deepEqual(toPrediction({ ...emptyResponse, outputs }), { price: tensor });
  });

  test("of several models has them by engine", () => {
    const outputs = ["cnn", "bow"].map((engineName) => ({ engineName, tensors: [price] }));
    assert.deepEqual(toPrediction({ ...emptyResponse, outputs }), {
      cnn: { price: tensor },
      bow: { price: tensor },
    });
  });

  test("calls a tensor without an alias by its name", () => {
    const outputs = [{ engineName: "a", tensors: [{ ...price, aliasName: "" }] }];
    assert.deepEqual(toPrediction({ ...emptyResponse, outputs }), { fc_0: tensor });
  });

  test("has the offsets of a ragged tensor beside it", () => {
    const lod = [
      [0, 1],
      [0, 1],
    ];
    const outputs = [{ engineName: "a", tensors: [{ ...price, lod }] }];
    assert.deepEqual(toPrediction({ ...emptyResponse, outputs }), {
      price: { ...tensor, lod },
      "price.lod": { dtype: "int32", shape: [4], data: Int32Array.of(0, 1, 0, 1) },
    });
  });

  test("that says it failed is thrown with its code", () => {
    assert.throws(
      () => toPrediction({ ...emptyResponse, errNo: Code.notFound, errMsg: "no such model" }),
      (error) =>
        error instanceof ServeError && error.code === Code.notFound && error.message === "no such model",
    );
  });

  test("with a code nobody knows is an internal error", () => {
    assert.throws(
      () => toPrediction({ ...emptyResponse, errNo: -12345, errMsg: "odd" }),
      (error) => error instanceof ServeError && error.code === Code.internal && error.message === "odd",
    );
  });

  test("without any output is an error, since brpc hides failures of gRPC calls so", () => {
    assert.throws(() => toPrediction(emptyResponse), {
      name: "ServeError",
      message: "the server answered without any output",
    });
  });
});
