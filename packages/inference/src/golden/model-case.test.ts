import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DType, TensorData } from "@paddlewheel/core";
import { tensor, variable } from "../testing/tensors.js";
import { compareOutputs } from "./compare-outputs.js";
import { type CaseModel, defaultTolerance, parseModelCase } from "./model-case.js";

function modelOf(dtype: DType): CaseModel {
  const conf = (name: string, aliasName: string) => ({
    name,
    aliasName,
    dtype,
    shape: [-1],
    isLodTensor: false,
  });
  return {
    signature: { inputs: [variable("in", dtype, ["N", "M"])], outputs: [variable("out", dtype, ["N"])] },
    model: { feedVars: [conf("in", "x")], fetchVars: [conf("out", "y")] },
  };
}

const parse = (content: object, dtype: DType = "float32") =>
  parseModelCase(JSON.stringify(content), modelOf(dtype));

describe("parseModelCase", () => {
  test("reads tensors by alias or name, nested or flat", () => {
    const { inputs, wanted, tolerance } = parse({
      comment: "of no concern",
      feeds: {
        x: [
          [1, 2],
          [3, "NaN"],
        ],
      },
      fetches: { out: { shape: [2], data: [5, "-Infinity"] } },
    });
    assert.deepEqual(inputs.get("in"), tensor("float32", [2, 2], Float32Array.of(1, 2, 3, Number.NaN)));
    assert.deepEqual(wanted.get("out"), tensor("float32", [2], Float32Array.of(5, Number.NEGATIVE_INFINITY)));
    assert.equal(tolerance, defaultTolerance);
  });

  test("reads every element type", () => {
    const samples: [DType, unknown[], TensorData][] = [
      ["int64", [1, "9223372036854775807"], BigInt64Array.of(1n, 9_223_372_036_854_775_807n)],
      ["bool", [true, 0], Uint8Array.of(1, 0)],
      ["float16", [1, -2], Uint16Array.of(0x3c00, 0xc000)],
      ["string", ["a", ""], ["a", ""]],
      ["int8", [-128, 127], Int8Array.of(-128, 127)],
    ];
    for (const [dtype, data, expected] of samples) {
      const { inputs } = parse({ feeds: { x: [data] } }, dtype);
      assert.deepEqual(inputs.get("in")?.data, expected, dtype);
    }
  });

  test("names the field that is wrong", () => {
    const refusals: [object, string][] = [
      [{ feed: {} }, 'has no field "feed"; did you mean "feeds"?'],
      [{}, "feeds: must be an object, not undefined"],
      [{ feeds: { z: [1] } }, "feeds.z: the model has no such variable"],
      [{ feeds: { x: 5 } }, "feeds.x: must be an object, not 5"],
      [{ feeds: { x: [[1, 2], [3]] } }, "feeds.x: has 3 elements, its shape [2, 2] wants 4"],
      [{ feeds: { x: [1, [2]] } }, "feeds.x: has 2 elements, its shape [2] wants 2"],
      [{ feeds: { x: ["1"] } }, 'feeds.x: element 0 must be a number, not "1"'],
      [{ feeds: { x: { shape: [-1], data: [] } } }, "feeds.x.shape: must be a list of sizes"],
      [{ feeds: { x: { shape: [1] } } }, "feeds.x.data: must be a list of elements"],
      [{ feeds: {}, tolerance: { absolute: -1 } }, "tolerance.absolute: must be a number from 0, not -1"],
    ];
    for (const [content, message] of refusals) assert.throws(() => parse(content), { message });
    assert.throws(() => parse({ feeds: { x: [1.5] } }, "int32"), {
      message: "feeds.x: element 0 must be a whole number, not 1.5",
    });
    assert.throws(() => parse({ feeds: { x: [1.5] } }, "int64"), {
      message: "feeds.x: element 0 must be a whole number, as text beyond 2^53, not 1.5",
    });
  });
});

describe("compareOutputs", () => {
  const compare = (got: number[], wanted: number[], tolerance?: object) =>
    compareOutputs(
      new Map([["out", tensor("float32", [got.length], Float32Array.from(got))]]),
      parse({ feeds: {}, fetches: { y: wanted }, ...(tolerance ? { tolerance } : {}) }),
    );

  test("takes what is near enough, and tells of the first element that is not", () => {
    assert.equal(compare([100.005, 0], [100, 0.000009]), undefined);
    assert.equal(
      compare([1, 100.5], [1, 100]),
      'fetch "out": element [1] is 100.5, wanted 100 (within 0.00001 + 0.0001 of it)',
    );
    assert.equal(compare([1, 100.5], [1, 100], { relative: 0.01 }), undefined);
    assert.equal(compare([1, 2], [1]), 'fetch "out": shape is [2], wanted [1]');
  });

  test("takes NaN for NaN only", () => {
    const wantsNan = parse({ feeds: {}, fetches: { y: ["NaN"] } });
    const give = (value: number) => new Map([["out", tensor("float32", [1], Float32Array.of(value))]]);
    assert.equal(compareOutputs(give(Number.NaN), wantsNan), undefined);
    assert.match(compareOutputs(give(1), wantsNan) ?? "", /^fetch "out": element \[0\] is 1, wanted NaN/);
    assert.match(compare([Number.NaN], [1]) ?? "", /^fetch "out": element \[0\] is NaN, wanted 1/);
    assert.equal(compareOutputs(new Map(), wantsNan), 'fetch "out": the model gave none');
  });

  test("takes no whole number and no text for another, and tells the index by axis", () => {
    const wanted = parse(
      {
        feeds: {},
        fetches: {
          y: [
            [1, 2],
            [3, 4],
          ],
        },
      },
      "int64",
    );
    const got = tensor("int64", [2, 2], BigInt64Array.of(1n, 2n, 5n, 4n));
    assert.equal(
      compareOutputs(new Map([["out", got]]), wanted),
      'fetch "out": element [1, 0] is 5, wanted 3',
    );
  });
});
