import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type DType, dtypeTable, type Tensor, type TensorMap } from "@paddlewheel/core";
import fc from "fast-check";
import { layoutOf } from "../testing/batching.js";
import { tensor, tensors, variable, zeros } from "../testing/tensors.js";
import { cutRows, mergeRows, type RequestRows } from "./merge-rows.js";
import { joinRows, splitRows } from "./split-rows.js";

const dtypes: DType[] = ["float32", "int64", "float16", "bool", "int8", "complex64", "string"];
const allocate = (byteLength: number) => new ArrayBuffer(byteLength + 8);

/** A model that gives back what it takes, in any type. */
function echoLayout(dtype: DType, rank: number) {
  const axes = ["N", ..."ABC".slice(0, rank)];
  return layoutOf({ inputs: [variable("x", dtype, axes)], outputs: [variable("x", dtype, axes)] });
}

function numbered(dtype: DType, shape: readonly number[], from: number): Tensor {
  const { arrayType, arrayStride } = dtypeTable[dtype];
  const count = shape.reduce((product, size) => product * size, arrayStride);
  if (!arrayType)
    return tensor(
      dtype,
      shape,
      Array.from({ length: count }, (_, i) => `t${from + i}`),
    );
  const data = new arrayType(count);
  for (let i = 0; i < count; i++) {
    const value = (from + i) % 100;
    data[i] = (data instanceof BigInt64Array ? BigInt(value) : value) as never;
  }
  return tensor(dtype, shape, data);
}

/** Requests of one type and rank, of any inner sizes, and of each the rows that run. */
const requests = fc
  .record({ dtype: fc.constantFrom(...dtypes), rank: fc.integer({ min: 0, max: 3 }) })
  .chain(({ dtype, rank }) => {
    const shape = fc.array(fc.nat({ max: 3 }), { minLength: rank + 1, maxLength: rank + 1 });
    const part = fc
      .tuple(shape, fc.nat({ max: 3 }), fc.nat({ max: 3 }))
      .map(([sizes, skip, from]): RequestRows => {
        const begin = Math.min(skip, sizes[0] ?? 0);
        return { inputs: tensors({ x: numbered(dtype, sizes, from) }), begin, rows: (sizes[0] ?? 0) - begin };
      });
    return fc.record({
      layout: fc.constant(echoLayout(dtype, rank)),
      parts: fc.array(part, { minLength: 1, maxLength: 5 }),
    });
  });

describe("mergeRows and splitRows", () => {
  test("give everybody back what was theirs, whatever was padded", () => {
    fc.assert(
      fc.property(requests, ({ layout, parts }) => {
        const options = { layout, padValue: 9, allocate };
        const answers = splitRows(mergeRows(parts, options), parts, options);
        assert.deepEqual(
          answers,
          parts.map((part) => cutRows(part, layout)),
        );
      }),
    );
  });

  test("fill up smaller rows at the end of each axis with the pad value of the type", () => {
    const layout = echoLayout("int64", 1);
    const parts = [[1n], [2n, 3n]].map((values) => ({
      inputs: tensors({ x: tensor("int64", [1, values.length], BigInt64Array.from(values)) }),
      begin: 0,
      rows: 1,
    }));
    const merged = mergeRows(parts, { layout, padValue: -1, allocate }).get("x");
    assert.deepEqual(merged, tensor("int64", [2, 2], BigInt64Array.of(1n, -1n, 2n, 3n)));
  });

  test("copy what all rows share, so that a run may give its inputs away", () => {
    const layout = layoutOf({
      inputs: [variable("x", "float32", ["N"]), variable("scale", "float32", [2])],
      outputs: [variable("y", "float32", ["N"]), variable("sum", "float32", [])],
    });
    const scale = tensor("float32", [2], Float32Array.of(1, 2));
    const parts = [1, 2].map((rows) => ({ inputs: tensors({ x: zeros(rows), scale }), begin: 0, rows }));
    const merged = mergeRows(parts, { layout, padValue: undefined, allocate });
    assert.deepEqual(merged.get("scale"), scale);
    assert.notEqual(merged.get("scale")?.data, scale.data);
    const outputs = tensors({ y: tensor("float32", [3], Float32Array.of(7, 8, 9)), sum: zeros() });
    const answers = splitRows(outputs, parts, { layout, padValue: undefined });
    assert.deepEqual(
      answers.map((answer) => [
        Array.from((answer.get("y") as Tensor).data as Float32Array),
        answer.get("sum")?.shape,
      ]),
      [
        [[7], []],
        [[8, 9], []],
      ],
    );
  });

  test("refuse outputs that have other rows than the inputs", () => {
    const parts = [{ inputs: tensors({ x: zeros(2, 1) }), begin: 0, rows: 2 }];
    const split = (y: Tensor) =>
      splitRows(tensors({ y }), parts, { layout: echoLayout("float32", 1), padValue: undefined });
    assert.throws(() => split(zeros(3, 2)), {
      message: 'output "y" has the shape [3, 2] for 2 rows of input',
    });
    assert.throws(() => split(zeros()), /has the shape \[\] for 2 rows of input/);
  });

  test("let a small answer be kept without the batch it was in, and copy no large one", () => {
    const layout = echoLayout("float32", 1);
    for (const [width, isView] of [
      [1024, false],
      [1025, true],
    ] as const) {
      const parts = [1, 1].map((rows) => ({ inputs: tensors({ x: zeros(rows, width) }), begin: 0, rows }));
      const outputs = tensors({ x: zeros(2, width) });
      const [answer] = splitRows(outputs, parts, { layout, padValue: undefined });
      assert.equal(bufferOf(answer) === bufferOf(outputs), isView);
    }
  });
});

test("joinRows puts the parts of a request together again", () => {
  const layout = echoLayout("float32", 1);
  const whole = tensors({ x: numbered("float32", [5, 2], 0) });
  const parts = [
    [0, 2],
    [2, 0],
    [2, 3],
  ].map(([begin = 0, rows = 0]) => cutRows({ inputs: whole, begin, rows }, layout));
  assert.deepEqual(joinRows(parts as [TensorMap, ...TensorMap[]], layout), whole);
});

function bufferOf(answer: TensorMap | undefined): unknown {
  const data = answer?.get("x")?.data;
  return ArrayBuffer.isView(data) ? data.buffer : undefined;
}
