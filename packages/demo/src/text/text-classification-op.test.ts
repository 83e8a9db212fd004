import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, type Tensor, type VarSignature } from "@paddlewheel/core";
import { runOp } from "@paddlewheel/core/testing";
import { createFakeEngine, type FakeEngine } from "../testing/fake-engine.js";
import { TextClassificationOp } from "./text-classification-op.js";

const words: VarSignature = { name: "words", dtype: "int64", shape: ["N", "L"] };
const count: VarSignature = { name: "count", dtype: "int64", shape: ["N"] };

const probabilities: Tensor = {
  dtype: "float32",
  shape: [2, 2],
  data: Float32Array.of(0.25, 0.75, 1, 0),
};

function engineOf(
  inputs: readonly VarSignature[],
  { name = "text_classification_bow", output = probabilities } = {},
): FakeEngine {
  return createFakeEngine({ name, inputs, outputs: new Map([["p", output]]) });
}

const twoTexts = [[3n, 1n, 2n], [9n]];

function classify(
  texts: readonly (readonly bigint[])[],
  { environment }: FakeEngine,
  config = {},
): Promise<object> {
  const request = { instances: texts.map((ids) => ({ ids })) };
  return runOp(TextClassificationOp, { name: "text_classify_op", request, environment, config });
}

const answer = {
  predictions: [
    { class0Prob: 0.25, class1Prob: 0.75 },
    { class0Prob: 1, class1Prob: 0 },
  ],
};
const paddedIds = { dtype: "int64", shape: [2, 3], data: BigInt64Array.of(3n, 1n, 2n, 9n, 0n, 0n) };

describe("TextClassificationOp", () => {
  test("runs all texts at once, padded to the longest, with their lengths", async () => {
    const engine = engineOf([count, words]);
    assert.deepEqual(await classify(twoTexts, engine), answer);
    const lengths = { dtype: "int64", shape: [2], data: BigInt64Array.of(3n, 1n) };
    assert.deepEqual(engine.seen, [
      new Map<string, unknown>([
        ["count", lengths],
        ["words", paddedIds],
      ]),
    ]);
  });

  test("leaves out the lengths when the model does not take them", async () => {
    const engine = engineOf([words]);
    assert.deepEqual(await classify(twoTexts, engine), answer);
    assert.deepEqual(engine.seen, [new Map([["words", paddedIds]])]);
  });

  test("runs the engine conf names", async () => {
    const engine = engineOf([words], { name: "my_bow" });
    assert.deepEqual(await classify(twoTexts, engine, { engine: "my_bow" }), answer);
  });

  const refused: readonly (readonly [texts: readonly (readonly bigint[])[], message: string])[] = [
    [[], "instances: is empty, must have at least one text"],
    [[[1n], []], "instances[1].ids: is empty, a text has at least one id"],
    [[[1n, 2n, -3n]], "instances[0].ids[2]: is -3, ids count from 0"],
    [
      [Array<bigint>(1024).fill(1n), ...Array<bigint[]>(1024).fill([1n])],
      "instances: have 1049600 ids when each is padded to the longest, [1025, 1024], at most 1048576 are allowed",
    ],
  ];
  for (const [texts, message] of refused) {
    test(`refuses: ${message}`, async () => {
      const engine = engineOf([words]);
      await assert.rejects(classify(texts, engine), { code: Code.invalidArgument, message });
      assert.deepEqual(engine.seen, []);
    });
  }

  const engine = 'the model of engine "text_classification_bow"';
  const must = "must take ids [texts, longest], and may take lengths [texts]";
  const wrong: readonly (readonly [inputs: readonly VarSignature[], message: string])[] = [
    [[count], `${engine} takes "count" int64 [N], ${must}`],
    [[words, words], `${engine} takes "words" int64 [N, L], "words" int64 [N, L], ${must}`],
    [
      [words, { name: "m", dtype: "float32", shape: ["N", "L", 1] }],
      `${engine} takes "words" int64 [N, L], "m" float32 [N, L, 1], ${must}`,
    ],
  ];
  for (const [inputs, message] of wrong) {
    test(`fails: ${message}`, async () => {
      await assert.rejects(classify(twoTexts, engineOf(inputs)), { code: Code.opFailure, message });
    });
  }

  test("fails when the model has other than two classes", async () => {
    const three: Tensor = { dtype: "float32", shape: [2, 3], data: new Float32Array(6) };
    await assert.rejects(classify(twoTexts, engineOf([words], { output: three })), {
      code: Code.opFailure,
      message: `${engine} gives "p" float32 [2, 3], must give one tensor float32 [2, 2]`,
    });
  });
});
