import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dtypeOfElemType, dtypeTable, elemTypeOf } from "./dtype.js";

describe("dtypeTable", () => {
  test("has the elem_type numbers of Paddle Serving", () => {
    const numbers = Object.fromEntries(
      Object.values(dtypeTable).map(({ dtype, elemType }) => [dtype, elemType]),
    );
    assert.deepEqual(numbers, {
      int64: 0,
      float32: 1,
      int32: 2,
      float64: 3,
      int16: 4,
      float16: 5,
      bfloat16: 6,
      uint8: 7,
      int8: 8,
      bool: 9,
      complex64: 10,
      complex128: 11,
      string: 20,
    });
  });

  test("is keyed by the dtype each entry names, and numbers go both ways", () => {
    for (const [key, { dtype, elemType }] of Object.entries(dtypeTable)) {
      assert.equal(key, dtype);
      assert.equal(dtypeOfElemType(elemType), dtype);
      assert.equal(elemTypeOf(dtype), elemType);
    }
    for (const unknown of [-1, 12, 19, 21, 0.5]) assert.equal(dtypeOfElemType(unknown), undefined);
  });

  test("says how many bytes an element takes", () => {
    const bytes = Object.values(dtypeTable).map(
      ({ arrayType, arrayStride }) => (arrayType?.BYTES_PER_ELEMENT ?? 0) * arrayStride,
    );
    assert.deepEqual(bytes, [8, 4, 4, 8, 2, 2, 2, 1, 1, 1, 8, 16, 0]);
  });
});
