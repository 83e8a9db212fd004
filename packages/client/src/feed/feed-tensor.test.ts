import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type DType, float16ToNumber, type ModelVarConf, ServeError } from "@paddlewheel/core";
import fc from "fast-check";
import { type FeedValue, feedTensor } from "./feed-tensor.js";
import type { NestedList } from "./nested-list.js";

function variable(dtype: DType, shape: readonly number[], isLodTensor = false): ModelVarConf {
  return { name: "x_name", aliasName: "x", dtype, shape, isLodTensor };
}

const single = { batch: false };
const batch = { batch: true };

describe("the value of a feed variable", () => {
  test("without batch gets a batch axis of one in front", () => {
    const data = Float32Array.of(1, 2, 3);
    const tensor = feedTensor(variable("float32", [3]), data, single);
    assert.deepEqual(tensor, { dtype: "float32", shape: [1, 3], data });
    assert.equal(tensor.data, data);
  });

  test("with batch takes the number of samples from the number of elements", () => {
    const tensor = feedTensor(variable("float32", [2, 3]), new Float32Array(24), batch);
    assert.deepEqual(tensor.shape, [4, 2, 3]);
  });

  test("fills the one free axis of the conf shape", () => {
    assert.deepEqual(feedTensor(variable("int64", [-1]), new BigInt64Array(5), single).shape, [1, 5]);
  });

  test("keeps the shape of nested lists, even where it is not what conf says", () => {
    const value = [
      [1, 2],
      [3, 4],
    ];
    const tensor = feedTensor(variable("int32", [7]), value, batch);
    assert.deepEqual(tensor, { dtype: "int32", shape: [2, 2], data: Int32Array.of(1, 2, 3, 4) });
  });

  test("brings a flat list into the conf shape", () => {
    assert.deepEqual(feedTensor(variable("int32", [2, 2]), [1, 2, 3, 4], single).shape, [1, 2, 2]);
  });

  test("keeps the shape of a Tensor", () => {
    const given = { dtype: "float32", shape: [5, 1], data: new Float32Array(5) } as const;
    assert.deepEqual(feedTensor(variable("float32", [13]), given, batch).shape, [5, 1]);
    assert.deepEqual(feedTensor(variable("float32", [13]), given, single).shape, [1, 5, 1]);
  });

  test("with offsets is a batch by itself", () => {
    const lod = [[0, 2, 5]];
    const words = feedTensor(variable("int64", [-1], true), [1, 2, 3, 4, 5], { ...single, lod });
    assert.deepEqual(words, { dtype: "int64", shape: [5], data: BigInt64Array.of(1n, 2n, 3n, 4n, 5n), lod });
  });

  test("may be a single string", () => {
    const tensor = feedTensor(variable("string", [1]), "text", single);
    assert.deepEqual(tensor, { dtype: "string", shape: [1, 1], data: ["text"] });
  });

  test("takes numbers for float16 and keeps them as bits", () => {
    const { data } = feedTensor(variable("float16", [2]), [0.5, -2], single);
    assert.ok(data instanceof Uint16Array);
    assert.deepEqual(Array.from(data, float16ToNumber), [0.5, -2]);
  });

  test("takes true and false for bool", () => {
    assert.deepEqual(feedTensor(variable("bool", [2]), [true, false], single).data, Uint8Array.of(1, 0));
  });

  test("comes out of nested lists as it went in", () => {
    const rows = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })).chain(([n, m]) =>
      fc.array(fc.array(fc.float({ noNaN: true }), { minLength: m, maxLength: m }), {
        minLength: n,
        maxLength: n,
      }),
    );
    fc.assert(
      fc.property(rows, (lists) => {
        const tensor = feedTensor(variable("float32", [lists[0]?.length ?? 0]), lists, batch);
        assert.deepEqual(tensor.shape, [lists.length, lists[0]?.length]);
        assert.deepEqual(tensor.data, Float32Array.from(lists.flat()));
      }),
    );
  });
});

const refused: readonly [title: string, feed: ModelVarConf, value: FeedValue, message: string][] = [
  [
    "an array of another type",
    variable("float32", [3]),
    new Float64Array(3),
    'feed "x": a Float64Array is given, float32 wants Float32Array',
  ],
  [
    "an array for strings",
    variable("string", [1]),
    new Uint8Array(3),
    'feed "x": a Uint8Array is given, string wants a list of strings',
  ],
  [
    "a Tensor of another type",
    variable("float32", [1]),
    { dtype: "int32", shape: [1], data: Int32Array.of(1) },
    'feed "x": element type is int32, the conf of the model says float32',
  ],
  [
    "too few elements",
    variable("float32", [13]),
    new Float32Array(12),
    'feed "x": 12 elements do not fill the shape [13]',
  ],
  [
    "an array when two axes are free",
    variable("float32", [-1, -1]),
    new Float32Array(12),
    'feed "x": 12 elements do not fill the shape [-1, -1]; with more than one free axis a Tensor must say its shape',
  ],
  [
    "ragged lists",
    variable("float32", [2]),
    [[1, 2], [3]],
    'feed "x": lists of one level must have one length',
  ],
  ["a text for a number", variable("float32", [2]), [1, "2"], 'feed "x"[1]: a string is no float32'],
  ["a number for a text", variable("string", [1]), [1], 'feed "x": a number is no string'],
  ["a fraction for a whole number", variable("int32", [1]), [1.5], 'feed "x"[0]: 1.5 does not fit int32'],
  ["a number out of range", variable("uint8", [1]), [256], 'feed "x"[0]: 256 does not fit uint8'],
  [
    "a number that stands for several int64",
    variable("int64", [1]),
    [2 ** 60],
    'feed "x"[0]: 1152921504606847000 is no int64 that a number holds exactly; pass a bigint',
  ],
  [
    "a bigint beyond int64",
    variable("int64", [1]),
    [2n ** 63n],
    'feed "x"[0]: 9223372036854775808 does not fit int64',
  ],
  ["2 for a bool", variable("bool", [1]), [2], 'feed "x"[0]: 2 is no bool'],
  [
    "lists of complex numbers",
    variable("complex64", [1]),
    [1],
    'feed "x": complex64 values must be given as a Tensor',
  ],
  ["endless nesting", variable("float32", [1]), nest(17), 'feed "x": lists are nested more than 16 deep'],
];

for (const [title, feed, value, message] of refused) {
  test(`a feed refuses ${title}`, () => {
    assert.throws(
      () => feedTensor(feed, value, single),
      (error) => error instanceof ServeError && error.message === message,
    );
  });
}

function nest(depth: number): NestedList {
  return depth === 0 ? 1 : [nest(depth - 1)];
}
