import assert from "node:assert/strict";
import { test } from "node:test";
import { type DType, dtypeTable, type Tensor, type TensorMap } from "@paddlewheel/core";
import fc from "fast-check";
import { canMerge, mergeRows, splitRows } from "./rows.js";

function run(shapes: Record<string, number[]>): TensorMap {
  return new Map(
    Object.entries(shapes).map(([name, shape]): [string, Tensor] => {
      const count = shape.reduce((product, size) => product * size, 1);
      return [name, { dtype: "float32", shape, data: new Float32Array(count) }];
    }),
  );
}

test("runs merge when everything behind the first axis agrees", () => {
  assert.ok(canMerge(run({ x: [1, 13], y: [1] }), run({ x: [5, 13], y: [5] })));
  assert.ok(!canMerge(run({ x: [1, 13] }), run({ x: [1, 14] })));
  assert.ok(!canMerge(run({ x: [1, 13] }), run({ x: [1, 13, 1] })));
});

test("an output with other rows than the inputs is refused", () => {
  assert.throws(() => splitRows(run({ y: [3, 2] }), [1, 1]), {
    message: 'output "y" has the shape [3, 2] for 2 rows of input',
  });
  assert.throws(() => splitRows(run({ y: [] }), [1]), /for 1 rows of input/);
});

const dtypes: DType[] = ["float32", "int64", "float16", "bool", "int8", "complex64", "string"];

/** Runs of two inputs each, of one inner shape but any number of rows, none too. */
const runs = fc
  .record({ dtype: fc.constantFrom(...dtypes), inner: fc.array(fc.nat({ max: 3 }), { maxLength: 2 }) })
  .chain(({ dtype, inner }) => {
    const { arrayType, arrayStride } = dtypeTable[dtype];
    const one = fc.nat({ max: 4 }).chain((rows) => {
      const count = inner.reduce((product, size) => product * size, rows) * arrayStride;
      const numbers = fc.array(fc.nat({ max: 100 }), { minLength: count, maxLength: count });
      return numbers.map((values): TensorMap => {
        const array = arrayType && new arrayType(count);
        for (let i = 0; array && i < count; i++) {
          array[i] = (array instanceof BigInt64Array ? BigInt(values[i] ?? 0) : values[i]) as never;
        }
        const tensor: Tensor = { dtype, shape: [rows, ...inner], data: array ?? values.map(String) };
        return new Map([
          ["a", tensor],
          ["b", tensor],
        ]);
      });
    });
    return fc.array(one, { minLength: 1, maxLength: 6 });
  });

test("what is merged and split again is what it was", () => {
  fc.assert(
    fc.property(runs, (given) => {
      const rows = given.map((one) => one.get("a")?.shape[0] ?? 0);
      assert.deepEqual(splitRows(mergeRows(given), rows), given);
    }),
  );
});
