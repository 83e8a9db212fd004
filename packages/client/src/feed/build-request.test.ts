import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ModelConf, ServeError } from "@paddlewheel/core";
import { buildRequest, type RequestOptions } from "./build-request.js";

const house: ModelConf = {
  feedVars: [{ name: "x_in", aliasName: "x", dtype: "float32", shape: [2], isLodTensor: false }],
  fetchVars: [
    { name: "fc_0.tmp_1", aliasName: "price", dtype: "float32", shape: [1], isLodTensor: false },
    { name: "fc_1.tmp_1", aliasName: "size", dtype: "float32", shape: [1], isLodTensor: false },
  ],
};

const review: ModelConf = {
  feedVars: [
    { name: "words", aliasName: "words", dtype: "int64", shape: [-1], isLodTensor: true },
    { name: "age", aliasName: "age", dtype: "int32", shape: [1], isLodTensor: false },
  ],
  fetchVars: house.fetchVars,
};

const x = Float32Array.of(1, 2);
const xTensor = { dtype: "float32", shape: [1, 2], data: x, name: "x_in", aliasName: "x" };

describe("a request", () => {
  test("carries each feed by the model's own name and its alias", () => {
    assert.deepEqual(buildRequest(house, { feed: { x }, fetch: ["price"], logId: 7 }), {
      tensors: [xTensor],
      fetchVarNames: ["price"],
      profileServer: false,
      logId: 7n,
    });
  });

  test("takes a list with one feed as that feed", () => {
    assert.deepEqual(buildRequest(house, { feed: [{ x }] }).tensors, [xTensor]);
  });

  test("takes the bare value when the model has one feed variable", () => {
    assert.deepEqual(buildRequest(house, { feed: x }).tensors, [xTensor]);
    assert.deepEqual(buildRequest(house, { feed: [1, 2] }).tensors, [xTensor]);
    const tensor = { dtype: "float32", shape: [2], data: x } as const;
    assert.deepEqual(buildRequest(house, { feed: tensor }).tensors, [xTensor]);
  });

  test("asks for one output by a string, and for all by nothing", () => {
    assert.deepEqual(buildRequest(house, { feed: { x }, fetch: "size" }).fetchVarNames, ["size"]);
    assert.deepEqual(buildRequest(house, { feed: { x } }).fetchVarNames, []);
  });

  test("puts offsets beside the tensor they belong to, a level from each 0", () => {
    const feed = { words: [5, 6, 7], "words.lod": [0, 2, 0, 1, 3], age: 3 };
    const [words, age] = buildRequest(review, { feed }).tensors;
    assert.deepEqual(words?.lod, [
      [0, 2],
      [0, 1, 3],
    ]);
    assert.deepEqual(words?.shape, [3]);
    assert.deepEqual(age?.shape, [1, 1]);
  });
});

const offsetsMessage = 'feed "words.lod": must be a list of offsets in which each level starts with 0';
const refused: readonly [title: string, model: ModelConf, options: RequestOptions, message: string][] = [
  [
    "an unknown feed",
    review,
    { feed: { word: [1] } },
    'feed "word": the model has no such feed variable, it has words, age; did you mean "words"?',
  ],
  [
    "an unknown fetch",
    house,
    { feed: { x }, fetch: ["prize"] },
    'fetch "prize": the model has no such fetch variable, it has price, size; did you mean "price"?',
  ],
  ["an empty feed", house, { feed: {} }, "feed: is empty, the model needs at least one value"],
  [
    "a bare value for several variables",
    review,
    { feed: [1, 2] },
    "feed: must be an object by name, the model has 2 feed variables",
  ],
  ["offsets that do not start with 0", review, { feed: { words: [1], "words.lod": [1, 2] } }, offsetsMessage],
  ["offsets that are no numbers", review, { feed: { words: [1], "words.lod": ["0"] } }, offsetsMessage],
  [
    "offsets of something that is not there",
    review,
    { feed: { age: 3, "years.lod": [0] } },
    'feed "years.lod": the model has no such feed variable, it has words, age',
  ],
];

for (const [title, model, options, message] of refused) {
  test(`a request refuses ${title}`, () => {
    assert.throws(
      () => buildRequest(model, options),
      (error) => error instanceof ServeError && error.message === message,
    );
  });
}
