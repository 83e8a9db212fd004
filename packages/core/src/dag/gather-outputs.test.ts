import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "../code.js";
import { GeneralBlob } from "../op/general-blob.js";
import type { Tensor } from "../tensor/tensor.js";
import { gatherOutputs } from "./gather-outputs.js";

const rows = { areRows: true };

function tensor(shape: number[], parts: Partial<Tensor> = {}): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: "float32", shape, data: new Float32Array(count), ...parts };
}

const blob = (tensors: Record<string, Tensor>): GeneralBlob =>
  new GeneralBlob(new Map(Object.entries(tensors)));

describe("gathering blobs", () => {
  test("joins items of any number of rows", () => {
    const gathered = gatherOutputs(
      [blob({ x: tensor([2, 3]) }), blob({ x: tensor([0, 3]) }), blob({ x: tensor([1, 3]) })],
      rows,
    );
    assert.deepEqual((gathered as GeneralBlob).tensor("x"), tensor([3, 3]));
  });

  test("gives a list when not all outputs are blobs", () => {
    const outputs = [blob({ x: tensor([1]) }), 5];
    assert.equal(gatherOutputs(outputs, rows), outputs);
  });

  const refused: { outputs: unknown[]; message: string }[] = [
    {
      outputs: [blob({ x: tensor([1]) }), blob({ y: tensor([1]) })],
      message: 'item 1 gave the tensors "y", item 0 "x"',
    },
    {
      outputs: [undefined, blob({ x: tensor([1]) }), blob({ x: tensor([1]), y: tensor([1]) })],
      message: 'item 2 gave the tensors "x", "y", item 1 "x"',
    },
    {
      outputs: [
        blob({ x: tensor([1]) }),
        blob({ x: tensor([1], { dtype: "int8", data: new Int8Array(1) }) }),
      ],
      message: 'item 1 gave tensor "x" as int8, others as float32',
    },
    {
      outputs: [blob({ x: tensor([1, 2]) }), blob({ x: tensor([1, 3]) })],
      message: 'item 1 gave tensor "x" of shape [1, 3], others [1, 2]: all but the rows must agree',
    },
    {
      outputs: [blob({ x: tensor([]) })],
      message: 'item 0 gave tensor "x" as a scalar, which has no rows',
    },
    {
      outputs: [blob({ x: tensor([1]) }), blob({ x: tensor([1], { lod: [[0, 1]] }) })],
      message: 'item 1 gave tensor "x" with lod, only dense rows can be gathered',
    },
  ];
  for (const { outputs, message } of refused) {
    test(`is refused with: ${message}`, () => {
      assert.throws(() => gatherOutputs(outputs, rows), { code: Code.opFailure, message });
    });
  }

  test("is refused when all rows together are too large", () => {
    // A shape without its data is enough: the check comes before anything is allocated.
    const large = { ...tensor([0]), shape: [2 ** 27] };
    assert.throws(
      () =>
        gatherOutputs(
          [large, large, large].map((x) => blob({ x })),
          rows,
        ),
      {
        code: Code.invalidArgument,
        message:
          'tensor "x" of all items: shape [402653184] has 402653184 elements, at most 268435456 are allowed',
      },
    );
  });
});
