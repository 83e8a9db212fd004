import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, GeneralBlob, type OpClass, type Tensor, type TensorMap } from "@paddlewheel/core";
import { opOf } from "@paddlewheel/core/testing";
import { type FakeModel, runWorkflow } from "../testing/run-workflow.js";

const image: Tensor = { dtype: "float32", shape: [2, 3, 1, 1], data: Float32Array.of(1, 2, 3, 4, 5, 6) };

/** In the place of ReaderOp. */
const source: OpClass = opOf("SourceOp", (op) => {
  op.output = new GeneralBlob(new Map([["image", image]]));
});

const input = { name: "x", dtype: "float32", shape: ["N", 3, 1, 1] } as const;

function modelOf(
  outputs: Readonly<Record<string, Tensor>>,
  inputs: FakeModel["inputs"] = [input],
): FakeModel {
  return { inputs, run: () => new Map(Object.entries(outputs)) };
}

function scores(shape: readonly number[], values: readonly number[]): Tensor {
  return { dtype: "float32", shape, data: Float32Array.from(values) };
}

function classify(model: FakeModel, engine?: string): Promise<unknown> {
  return runWorkflow({
    nodes: { source: ["SourceOp"], image_classify_op: ["ClassifyOp", "source"] },
    ops: [source],
    models: { [engine ?? "image_classification_resnet"]: model },
    config: { image_classify_op: engine ? { engine } : {} },
  });
}

const right = { score: scores([2, 2], [0.25, 0.75, 1, 0]) };
const answer = {
  predictions: [{ categories: Float32Array.of(0.25, 0.75) }, { categories: Float32Array.of(1, 0) }],
};

describe("ClassifyOp", () => {
  test("gives the model the pictures by its own name, and each picture its scores", async () => {
    const seen: TensorMap[] = [];
    const { run } = modelOf(right);
    const model = {
      inputs: [input],
      run: (inputs: TensorMap) => {
        seen.push(inputs);
        return run(inputs);
      },
    };
    assert.deepEqual(await classify(model), answer);
    assert.deepEqual(seen, [new Map([["x", image]])]);
  });

  test("runs the engine conf names", async () => {
    assert.deepEqual(await classify(modelOf(right), "my_resnet"), answer);
  });

  test("says so when there is no such engine", async () => {
    const nodes = { source: ["SourceOp"], classify: ["ClassifyOp", "source"] } as const;
    await assert.rejects(runWorkflow({ nodes, ops: [source] }), {
      code: Code.notFound,
      message: 'no engine named "image_classification_resnet"',
    });
  });

  const engine = 'the model of engine "image_classification_resnet"';
  const must = "must give one tensor float32 [2, classes]";
  const wrong: readonly (readonly [model: FakeModel, message: string])[] = [
    [modelOf(right, [input, input]), `${engine} takes 2 tensors, must take one of pictures`],
    [modelOf(right, []), `${engine} takes 0 tensors, must take one of pictures`],
    [modelOf({}), `${engine} gives nothing, ${must}`],
    [modelOf({ y: scores([1, 4], [1, 2, 3, 4]) }), `${engine} gives "y" float32 [1, 4], ${must}`],
    [modelOf({ y: scores([2], [1, 2]) }), `${engine} gives "y" float32 [2], ${must}`],
    [
      modelOf({ y: { dtype: "int64", shape: [2, 1], data: BigInt64Array.of(1n, 2n) } }),
      `${engine} gives "y" int64 [2, 1], ${must}`,
    ],
    [
      modelOf({ a: scores([2, 1], [1, 2]), b: scores([2, 1], [1, 2]) }),
      `${engine} gives "a" float32 [2, 1], "b" float32 [2, 1], ${must}`,
    ],
  ];
  for (const [model, message] of wrong) {
    test(`fails: ${message}`, async () => {
      await assert.rejects(classify(model), { code: Code.opFailure, message });
    });
  }

  test("reads exactly one node", async () => {
    const refusal = (count: number) => ({
      code: Code.opFailure,
      message: `op "only" (ClassifyOp) reads exactly one node, conf gives it ${count}`,
    });
    await assert.rejects(runWorkflow({ nodes: { only: ["ClassifyOp"] } }), refusal(0));
    await assert.rejects(runWorkflow({ nodes: { only: ["ClassifyOp", "startup_op"] } }), refusal(0));
    const two = { a: ["SourceOp"], b: ["SourceOp"], only: ["ClassifyOp", "a", "b"] } as const;
    await assert.rejects(runWorkflow({ nodes: two, ops: [source] }), refusal(2));
  });
});

describe("WriteJsonOp", () => {
  test("writes the scores of each picture, as brpc does", async () => {
    const predictions = [[0.1, -2], [Number.NaN, Number.POSITIVE_INFINITY], []].map((values) => ({
      categories: Float32Array.from(values),
    }));
    const scored = opOf("ScoredOp", (op) => {
      op.output = { predictions };
    });
    const nodes = { scored: ["ScoredOp"], write: ["WriteJsonOp", "scored"] } as const;
    assert.deepEqual(await runWorkflow({ nodes, ops: [scored] }), {
      predictions: [
        { responseJson: '{"categories":[0.10000000149011612,-2]}' },
        { responseJson: '{"categories":["NaN","Infinity"]}' },
        { responseJson: '{"categories":[]}' },
      ],
    });
  });
});
