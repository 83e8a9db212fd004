import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type DType,
  dtypeTable,
  numberToBfloat16,
  numberToFloat16,
  type TensorData,
} from "@paddlewheel/core";
import type { GeneralResponse, GeneralTensor } from "@paddlewheel/wire";
import fc from "fast-check";
import { emptyResponse } from "../testing/fake-server.js";
import { compareResponses } from "./compare-responses.js";

function tensor(dtype: DType, data: TensorData, more: Partial<GeneralTensor> = {}): GeneralTensor {
  const shape = [data.length / dtypeTable[dtype].arrayStride];
  return { name: "y", aliasName: "prob", dtype, shape, data, ...more };
}

function response(...tensors: readonly GeneralTensor[]): GeneralResponse {
  return { ...emptyResponse, outputs: [{ engineName: "e", tensors }] };
}

function compare(expected: GeneralTensor, actual: GeneralTensor, tolerance = 1e-4) {
  return compareResponses(response(expected), response(actual), tolerance);
}

const floats = (...numbers: readonly number[]) => tensor("float64", Float64Array.from(numbers));
const anyFloat = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, Number.MAX_VALUE),
);
const anyFloats = fc.array(anyFloat, { maxLength: 8 });

/** A tensor of any type with any bits. */
const anyTensor = fc
  .record({
    dtype: fc.constantFrom(...(Object.keys(dtypeTable) as DType[])),
    bytes: fc.uint8Array({ maxLength: 64 }),
    texts: fc.array(fc.string(), { maxLength: 4 }),
  })
  .map(({ dtype, bytes, texts }) => {
    const { arrayType, arrayStride } = dtypeTable[dtype];
    if (!arrayType) return tensor(dtype, texts);
    const size = arrayType.BYTES_PER_ELEMENT * arrayStride;
    const count = Math.floor(bytes.length / size);
    return tensor(dtype, new arrayType(bytes.slice(0, count * size).buffer, 0, count * arrayStride));
  });

describe("compareResponses", () => {
  test("finds every tensor equal to itself, whatever its type and bits, at no tolerance", () => {
    fc.assert(
      fc.property(anyTensor, (one) => {
        const copy = structuredClone(one) as GeneralTensor;
        assert.deepEqual(compare(one, copy, 0), {
          isEqual: true,
          maxAbsolute: 0,
          maxRelative: 0,
          differences: [],
        });
      }),
    );
  });

  test("finds the same differences both ways round", () => {
    fc.assert(
      fc.property(
        anyTensor,
        anyTensor,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, other, tolerance) => {
          const [there, back] = [compare(one, other, tolerance), compare(other, one, tolerance)];
          const summary = ({ isEqual, maxAbsolute, maxRelative, differences }: typeof there) => [
            isEqual,
            maxAbsolute,
            maxRelative,
            differences.map(({ path }) => path),
          ];
          assert.deepEqual(summary(there), summary(back));
        },
      ),
    );
  });

  test("takes numbers for equal up to the tolerance, or its share of the larger one", () => {
    fc.assert(
      fc.property(anyFloats, fc.double({ min: 0, max: 1, noNaN: true }), (numbers, tolerance) => {
        const others = numbers.map((number) => number * (1 + tolerance / 2));
        const isNear = (a: number, i: number): boolean => {
          const b = others[i] ?? 0;
          const larger = Math.max(1, Math.abs(a), Math.abs(b));
          return (
            Object.is(a, b) || a === b || (Number.isFinite(larger) && Math.abs(a - b) <= tolerance * larger)
          );
        };
        assert.equal(
          compare(floats(...numbers), floats(...others), tolerance).isEqual,
          numbers.every(isNear),
        );
      }),
    );
  });

  test("is not equal to less than it is with a larger tolerance", () => {
    fc.assert(
      fc.property(anyTensor, anyTensor, (one, other) => {
        if (compare(one, other, 0.01).isEqual) assert.ok(compare(one, other, 0.1).isEqual);
      }),
    );
  });

  test("takes NaN for NaN, 0 for -0, and infinities only for themselves", () => {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
    assert.equal(compare(floats(nan, -0, inf, -inf), floats(nan, 0, inf, -inf), 0).isEqual, true);
    for (const [a, b] of [[nan, 1] as const, [inf, 1e308] as const, [inf, -inf] as const]) {
      const { isEqual, maxAbsolute, maxRelative } = compare(floats(a), floats(b), 1);
      assert.deepEqual([isEqual, maxAbsolute, maxRelative], [false, inf, inf], `${a} ${b}`);
    }
    assert.equal(compare(floats(Number.MAX_VALUE), floats(-Number.MAX_VALUE)).maxRelative, 2);
  });

  test("tells the largest differences, and of a tensor where they begin and how many there are", () => {
    assert.deepEqual(compare(floats(1, 2, 4, 8), floats(1, 2.5, 4, 9)), {
      isEqual: false,
      maxAbsolute: 1,
      maxRelative: 0.2,
      differences: [{ path: "prob[1]", message: "2.5, not 2; 2 of 4 elements differ" }],
    });
  });

  test("compares half and brain floats by their values", () => {
    const halves = (...numbers: readonly number[]) =>
      tensor("float16", Uint16Array.from(numbers, numberToFloat16));
    const brains = (...numbers: readonly number[]) =>
      tensor("bfloat16", Uint16Array.from(numbers, numberToBfloat16));
    assert.equal(compare(halves(1, 2), halves(1, 2.002), 0.01).isEqual, true);
    assert.equal(compare(brains(1, 2), brains(1, 2.015625), 0.01).maxAbsolute, 0.015625);
    assert.equal(compare(halves(0), halves(-0), 0).isEqual, true);
    assert.equal(
      compare(halves(1), halves(Number.POSITIVE_INFINITY), 1).maxAbsolute,
      Number.POSITIVE_INFINITY,
    );
  });

  test("takes integers and texts exactly, as they may be ids", () => {
    const ids = (...numbers: readonly bigint[]) => tensor("int64", BigInt64Array.from(numbers));
    const { isEqual, maxAbsolute } = compare(ids(1_000_000n), ids(1_000_001n), 0.1);
    assert.deepEqual([isEqual, maxAbsolute], [false, 1]);
    assert.deepEqual(compare(ids(2n ** 63n - 1n), ids(-(2n ** 63n))).maxRelative, 2);
    assert.equal(
      compare(tensor("int32", Int32Array.of(7)), tensor("int32", Int32Array.of(8)), 1).isEqual,
      false,
    );
    assert.deepEqual(compare(tensor("string", ["a", "b"]), tensor("string", ["a", "c"])).differences, [
      { path: "prob[1]", message: '"c", not "b"; 1 of 2 elements differ' },
    ]);
  });

  const other = floats(1, 2);
  const cases: readonly (readonly [actual: GeneralResponse, path: string, message: string])[] = [
    [response(tensor("float32", Float32Array.of(1, 2))), "prob", "float32, not float64"],
    [response({ ...other, shape: [1, 2] }), "prob", "shape [1, 2], not [2]"],
    [response({ ...other, lod: [[0, 1, 2]] }), "prob", "other offsets of rows (lod)"],
    [response({ ...other, data: Float64Array.of(1) }), "prob", "1 elements, not 2"],
    [response(), "prob", "is missing"],
    [response(other, { ...other, aliasName: "more" }), "more", "is there, but not expected"],
  ];
  for (const [actual, path, message] of cases) {
    test(`tells: ${message}`, () => {
      const { isEqual, differences } = compareResponses(response(other), actual, 1);
      assert.deepEqual([isEqual, differences], [false, [{ path, message }]]);
    });
  }

  test("tells models apart by the names of their engines, which a single one needs not have in common", () => {
    const [output] = response(other).outputs;
    assert.ok(output);
    const named = (...engines: readonly string[]): GeneralResponse => ({
      ...emptyResponse,
      outputs: engines.map((engineName) => ({ ...output, engineName })),
    });
    assert.equal(compareResponses(named("a"), named("b"), 0).isEqual, true);
    assert.deepEqual(
      compareResponses(named("a", "b"), named("a", "c"), 0).differences.map(({ path }) => path),
      ["b.prob", "c.prob"],
    );
  });

  test("tells of a few differences, however many there are", () => {
    const many = (value: number) =>
      response(...Array.from({ length: 50 }, (_, i) => ({ ...floats(value), aliasName: `t${i}` })));
    assert.equal(compareResponses(many(1), many(2), 0).differences.length, 10);
  });
});
