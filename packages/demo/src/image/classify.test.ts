import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, GeneralBlob, type Tensor, type VarSignature } from "@paddlewheel/core";
import { runOp } from "@paddlewheel/core/testing";
import { createFakeEngine, type FakeEngine } from "../testing/fake-engine.js";
import { ClassifyOp, type ClassifyResponse } from "./classify-op.js";
import { WriteJsonOp } from "./write-json-op.js";

const image: Tensor = { dtype: "float32", shape: [2, 3, 1, 1], data: Float32Array.of(1, 2, 3, 4, 5, 6) };

const read = new GeneralBlob(new Map([["image", image]]));
const input = { name: "x", dtype: "float32", shape: ["N", 3, 1, 1] } as const;

interface Model {
  readonly name?: string;
  readonly inputs?: readonly VarSignature[];
  readonly outputs?: Readonly<Record<string, Tensor>>;
}

function engineOf({
  name = "image_classification_resnet",
  inputs = [input],
  outputs = right,
}: Model): FakeEngine {
  return createFakeEngine({ name, inputs, outputs: new Map(Object.entries(outputs)) });
}

function scores(shape: readonly number[], values: readonly number[]): Tensor {
  return { dtype: "float32", shape, data: Float32Array.from(values) };
}

function classify({ environment }: FakeEngine, config = {}): Promise<ClassifyResponse> {
  return runOp(ClassifyOp, { name: "image_classify_op", inputs: { read }, environment, config });
}

const right = { score: scores([2, 2], [0.25, 0.75, 1, 0]) };
const answer = {
  predictions: [{ categories: Float32Array.of(0.25, 0.75) }, { categories: Float32Array.of(1, 0) }],
};

describe("ClassifyOp", () => {
  test("gives the model the pictures by its own name, and each picture its scores", async () => {
    const engine = engineOf({});
    assert.deepEqual(await classify(engine), answer);
    assert.deepEqual(engine.seen, [new Map([["x", image]])]);
  });

  test("runs the engine conf names", async () => {
    assert.deepEqual(await classify(engineOf({ name: "my_resnet" }), { engine: "my_resnet" }), answer);
  });

  test("says so when there is no such engine", async () => {
    await assert.rejects(classify(engineOf({ name: "my_resnet" })), {
      code: Code.notFound,
      message: 'no engine named "image_classification_resnet"',
    });
  });

  const engine = 'the model of engine "image_classification_resnet"';
  const must = "must give one tensor float32 [2, classes]";
  const wrong: readonly (readonly [model: Model, message: string])[] = [
    [{ inputs: [input, input] }, `${engine} takes 2 tensors, must take one of pictures`],
    [{ inputs: [] }, `${engine} takes 0 tensors, must take one of pictures`],
    [{ outputs: {} }, `${engine} gives nothing, ${must}`],
    [{ outputs: { y: scores([1, 4], [1, 2, 3, 4]) } }, `${engine} gives "y" float32 [1, 4], ${must}`],
    [{ outputs: { y: scores([2], [1, 2]) } }, `${engine} gives "y" float32 [2], ${must}`],
    [
      { outputs: { y: { dtype: "int64", shape: [2, 1], data: BigInt64Array.of(1n, 2n) } } },
      `${engine} gives "y" int64 [2, 1], ${must}`,
    ],
    [
      { outputs: { a: scores([2, 1], [1, 2]), b: scores([2, 1], [1, 2]) } },
      `${engine} gives "a" float32 [2, 1], "b" float32 [2, 1], ${must}`,
    ],
  ];
  for (const [model, message] of wrong) {
    test(`fails: ${message}`, async () => {
      await assert.rejects(classify(engineOf(model)), { code: Code.opFailure, message });
    });
  }
});

describe("WriteJsonOp", () => {
  test("writes the scores of each picture, as brpc does", async () => {
    const predictions = [[0.1, -2], [Number.NaN, Number.POSITIVE_INFINITY], []].map((values) => ({
      categories: Float32Array.from(values),
    }));
    assert.deepEqual(await runOp(WriteJsonOp, { inputs: { scored: { predictions } } }), {
      predictions: [
        { responseJson: '{"categories":[0.10000000149011612,-2]}' },
        { responseJson: '{"categories":["NaN","Infinity"]}' },
        { responseJson: '{"categories":[]}' },
      ],
    });
  });
});
