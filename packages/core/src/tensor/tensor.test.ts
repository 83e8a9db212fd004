import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "../code.js";
import { checkTensor, elementCount, type Tensor, tensorLimits } from "./tensor.js";

describe("elementCount", () => {
  test("is the product of the axes; a scalar has one element", () => {
    assert.equal(elementCount([2, 3, 4]), 24);
    assert.equal(elementCount([]), 1);
    assert.equal(elementCount([5, 0, 7]), 0);
    assert.equal(elementCount([0, ...Array(15).fill(tensorLimits.maxDim)]), 0);
    assert.equal(elementCount([tensorLimits.maxElements]), tensorLimits.maxElements);
  });

  const refused: { shape: number[]; message: string }[] = [
    { shape: Array(17).fill(1), message: "tensor: shape has 17 axes, at most 16 are allowed" },
    { shape: [1, -1], message: "tensor: shape[1] is -1, must be a whole number from 0 to 2147483647" },
    { shape: [1.5], message: "tensor: shape[0] is 1.5, must be a whole number from 0 to 2147483647" },
    { shape: [Number.NaN], message: "tensor: shape[0] is NaN, must be a whole number from 0 to 2147483647" },
    {
      shape: [Number.POSITIVE_INFINITY],
      message: "tensor: shape[0] is Infinity, must be a whole number from 0 to 2147483647",
    },
    {
      shape: [2 ** 31],
      message: "tensor: shape[0] is 2147483648, must be a whole number from 0 to 2147483647",
    },
    {
      shape: [2 ** 28, 2],
      message: "tensor: shape [268435456, 2] has 536870912 elements, at most 268435456 are allowed",
    },
    {
      shape: Array(16).fill(2 ** 31 - 1),
      message: `tensor: shape [${Array(16).fill(2147483647).join(", ")}] has ${(2 ** 31 - 1) ** 16} elements, at most 268435456 are allowed`,
    },
  ];
  for (const { shape, message } of refused) {
    test(`refuses: ${message}`, () => {
      assert.throws(() => elementCount(shape), { name: "ServeError", code: Code.invalidArgument, message });
    });
  }

  test("opens its message with what the caller says", () => {
    assert.throws(() => elementCount([-1], 'tensor "x"'), { message: /^tensor "x": shape\[0\] is -1/ });
  });
});

describe("checkTensor", () => {
  const rows = { dtype: "float32", shape: [6, 2], data: new Float32Array(12) } as const;
  const right: Tensor[] = [
    { dtype: "float32", shape: [2, 3], data: new Float32Array(6) },
    { dtype: "complex64", shape: [3], data: new Float32Array(6) },
    { dtype: "complex128", shape: [], data: new Float64Array(2) },
    { dtype: "bool", shape: [2], data: new Uint8Array(2) },
    { dtype: "uint8", shape: [2], data: Buffer.alloc(2) },
    { dtype: "string", shape: [2, 1], data: ["a", "b"] },
    { dtype: "int64", shape: [0, 3], data: new BigInt64Array(0) },
    { ...rows, lod: [] },
    { ...rows, lod: [[0, 3, 4, 6]] },
    { ...rows, lod: [[0, 0, 6]] },
    { ...rows, lod: [[0, 6, 6]] },
    { dtype: "int64", shape: [0], data: new BigInt64Array(0), lod: [[0]] },
    {
      dtype: "int64",
      shape: [0],
      data: new BigInt64Array(0),
      lod: [
        [0, 2],
        [0, 0, 0],
      ],
    },
    {
      ...rows,
      lod: [
        [0, 2, 4],
        [0, 1, 1, 3, 6],
      ],
    },
  ];
  for (const tensor of right) {
    const lod = tensor.lod ? ` with lod ${JSON.stringify(tensor.lod)}` : "";
    test(`takes ${tensor.dtype} of shape [${tensor.shape}]${lod}`, () => checkTensor("x", tensor));
  }

  const wrong: { tensor: Tensor; message: string }[] = [
    {
      tensor: { dtype: "float32", shape: [2, 3], data: new Float32Array(5) },
      message: 'tensor "x": shape [2, 3] wants 6 elements, the data has 5',
    },
    {
      tensor: { dtype: "complex64", shape: [3], data: new Float32Array(3) },
      message: 'tensor "x": shape [3] wants 3 elements, the data has 1.5',
    },
    {
      tensor: { dtype: "string", shape: [], data: [] },
      message: 'tensor "x": shape [] wants 1 elements, the data has 0',
    },
    {
      tensor: { dtype: "int64", shape: [1], data: new Int32Array(1) },
      message: 'tensor "x": data is not an array of int64',
    },
    {
      tensor: { dtype: "string", shape: [1], data: new Uint8Array(1) },
      message: 'tensor "x": data is not an array of string',
    },
    {
      tensor: { dtype: "float32", shape: [1], data: ["1"] },
      message: 'tensor "x": data is not an array of float32',
    },
    {
      tensor: { dtype: "float32", shape: [-1], data: new Float32Array(1) },
      message: 'tensor "x": shape[0] is -1, must be a whole number from 0 to 2147483647',
    },
  ];
  for (const { tensor, message } of wrong) {
    test(`refuses: ${message}`, () => {
      assert.throws(() => checkTensor("x", tensor), {
        name: "ServeError",
        code: Code.invalidArgument,
        message,
      });
    });
  }

  const wrongLod: { lod: number[][]; message: string }[] = [
    { lod: [[]], message: 'tensor "x": lod level 0 must start with 0 and never fall' },
    { lod: [[1, 6]], message: 'tensor "x": lod level 0 must start with 0 and never fall' },
    { lod: [[0, 4, 3, 6]], message: 'tensor "x": lod level 0 must start with 0 and never fall' },
    { lod: [[0, Number.NaN, 6]], message: 'tensor "x": lod level 0 must start with 0 and never fall' },
    {
      lod: [
        [0, 1],
        [0, 7, 6],
      ],
      message: 'tensor "x": lod level 1 must start with 0 and never fall',
    },
    { lod: [[0, 1.5, 6]], message: 'tensor "x": lod level 0 must hold whole numbers' },
    { lod: [[0, Number.POSITIVE_INFINITY]], message: 'tensor "x": lod level 0 must hold whole numbers' },
    { lod: [[0, 5]], message: 'tensor "x": lod level 0 ends at 5, must end at 6, the rows of shape [6, 2]' },
    {
      lod: [[0, 2, 7]],
      message: 'tensor "x": lod level 0 ends at 7, must end at 6, the rows of shape [6, 2]',
    },
    { lod: [[0]], message: 'tensor "x": lod level 0 ends at 0, must end at 6, the rows of shape [6, 2]' },
    {
      lod: [
        [0, 1, 3],
        [0, 2, 6],
      ],
      message: 'tensor "x": lod level 0 ends at 3, must end at 2, the sequences of level 1',
    },
    {
      lod: [
        [0, 1],
        [0, 1, 2],
        [0, 1, 6],
      ],
      message: 'tensor "x": lod level 0 ends at 1, must end at 2, the sequences of level 1',
    },
    {
      lod: [
        [0, 2],
        [0, 2, 4],
      ],
      message: 'tensor "x": lod level 1 ends at 4, must end at 6, the rows of shape [6, 2]',
    },
  ];
  for (const { lod, message } of wrongLod) {
    test(`refuses the lod ${JSON.stringify(lod)}: ${message}`, () => {
      assert.throws(() => checkTensor("x", { ...rows, lod }), { code: Code.invalidArgument, message });
    });
  }

  test("refuses lod for a scalar, which has no rows", () => {
    const scalar: Tensor = { dtype: "float32", shape: [], data: new Float32Array(1), lod: [[0, 1]] };
    const message = 'tensor "x": shape [] has no rows, a tensor with lod needs at least one axis';
    assert.throws(() => checkTensor("x", scalar), { code: Code.invalidArgument, message });
  });
});
