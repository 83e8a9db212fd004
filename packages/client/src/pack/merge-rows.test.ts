import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import type { GeneralResponse, GeneralTensor } from "@paddlewheel/wire";
import { emptyResponse } from "../testing/fake-server.js";
import { mergeRows } from "./merge-rows.js";
import { countRows, takeRows } from "./split-rows.js";

function tensor(name: string, rows: readonly number[], others: Partial<GeneralTensor> = {}): GeneralTensor {
  return { name, aliasName: name, dtype: "int64", shape: [rows.length, 1], data: big(rows), ...others };
}

function big(numbers: readonly number[]): BigInt64Array {
  return BigInt64Array.from(numbers.map(BigInt));
}

function response(...tensors: readonly GeneralTensor[]): GeneralResponse {
  return { ...emptyResponse, outputs: [{ engineName: "infer", tensors }] };
}

describe("mergeRows", () => {
  test("puts the rows of all parts behind each other", () => {
    const merged = mergeRows([
      response(tensor("y", [1, 2])),
      response(tensor("y", [3])),
      response(tensor("y", [])),
    ]);
    assert.deepEqual(merged, response(tensor("y", [1, 2, 3])));
  });

  test("goes on with the offsets of ragged outputs", () => {
    const ragged = (rows: readonly number[], ...lod: readonly number[][]) => tensor("y", rows, { lod });
    const merged = mergeRows([
      response(ragged([1, 2, 3], [0, 2], [0, 1, 3])),
      response(ragged([4, 5], [0, 1, 2], [0, 1, 2])),
    ]);
    assert.deepEqual(merged, response(ragged([1, 2, 3, 4, 5], [0, 2, 3, 4], [0, 1, 3, 4, 5])));
  });

  const misfits: readonly (readonly [GeneralResponse, string])[] = [
    [response(), 'output "y" is missing in one of them'],
    [emptyResponse, 'output "y" is missing in one of them'],
    [
      response(tensor("y", [3, 4], { shape: [1, 2] })),
      'output "y" is int64 [1, 1] in the first and int64 [1, 2] in another',
    ],
    [
      response(tensor("y", [3], { lod: [[0, 1]] })),
      'output "y" is int64 [1, 1] in the first and int64 [1, 1] with lod in another',
    ],
  ];
  for (const [other, what] of misfits) {
    test(`refuses answers that do not fit: ${what}`, () => {
      const message = `the answers to the parts do not fit: ${what}`;
      assert.throws(() => mergeRows([response(tensor("y", [1])), other]), { code: Code.internal, message });
    });
  }
});

describe("the rows of a request", () => {
  test("go together in tensors of as many", () => {
    const tensors = [tensor("a", [1, 2, 3]), tensor("b", [4, 5, 6])];
    assert.equal(countRows(tensors), 3);
    assert.deepEqual(takeRows(tensors, { begin: 1, end: 3 }), [tensor("a", [2, 3]), tensor("b", [5, 6])]);
  });

  test("do not in others", () => {
    assert.equal(countRows([]), undefined);
    assert.equal(countRows([tensor("a", [1]), tensor("b", [1, 2])]), undefined);
    assert.equal(countRows([tensor("a", [1, 2], { lod: [[0, 1, 2]] })]), undefined);
    assert.equal(countRows([tensor("a", [1], { shape: [] })]), undefined);
  });
});
