import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type DType, dtypeTable } from "./dtype.js";
import { concatRows, sliceRows } from "./rows.js";
import type { Tensor } from "./tensor.js";

const dtypes = Object.keys(dtypeTable) as DType[];

/** A tensor of any type with up to six rows, and where to cut it. */
const cutTensor = fc
  .record({
    dtype: fc.constantFrom(...dtypes),
    inner: fc.array(fc.nat({ max: 3 }), { maxLength: 2 }),
    rows: fc.nat({ max: 6 }),
  })
  .chain(({ dtype, inner, rows }) =>
    fc.record({ tensor: fc.constant(numbered(dtype, [rows, ...inner])), cut: fc.nat({ max: rows }) }),
  );

function numbered(dtype: DType, shape: number[]): Tensor {
  const { arrayType, arrayStride } = dtypeTable[dtype];
  const count = shape.reduce((product, size) => product * size, arrayStride);
  if (!arrayType) return { dtype, shape, data: Array.from({ length: count }, (_, i) => String(i)) };
  const data = new arrayType(count);
  for (let i = 0; i < count; i++) data[i] = (data instanceof BigInt64Array ? BigInt(i) : i) as never;
  return { dtype, shape, data };
}

test("rows that are cut apart and joined again are what they were", () => {
  fc.assert(
    fc.property(cutTensor, ({ tensor, cut }) => {
      const rows = tensor.shape[0] ?? 0;
      const parts: [Tensor, Tensor] = [sliceRows(tensor, 0, cut), sliceRows(tensor, cut, rows - cut)];
      assert.deepEqual([parts[0].shape[0], parts[1].shape[0]], [cut, rows - cut]);
      assert.deepEqual(concatRows(parts), tensor);
    }),
  );
});

test("a slice of rows is a view, and joined rows are new memory", () => {
  const tensor = numbered("int32", [3, 2]);
  const row = sliceRows(tensor, 1, 1);
  assert.equal((row.data as Int32Array).buffer, (tensor.data as Int32Array).buffer);
  assert.notEqual((concatRows([row]).data as Int32Array).buffer, (tensor.data as Int32Array).buffer);
});
