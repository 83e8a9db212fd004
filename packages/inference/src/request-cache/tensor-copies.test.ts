import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Tensor } from "@paddlewheel/core";
import { tensor, tensors } from "../testing/tensors.js";
import { areSameTensors, bytesOfTensors, copyTensors } from "./tensor-copies.js";

const of = (...values: number[]): Tensor => tensor("float32", [values.length], Float32Array.from(values));
const isSame = (one: Tensor, other: Tensor): boolean =>
  areSameTensors(tensors({ x: one }), tensors({ x: other }));

describe("copies of tensors", () => {
  test("are equal and share nothing with what they were made of", () => {
    const data = new Uint8Array(100).subarray(50, 52);
    const lod = [[0, 1, 2]];
    const bytes: Tensor = { dtype: "uint8", shape: [2], data, lod };
    const texts = tensor("string", [1], ["a"]);
    const original = tensors({ bytes, texts });
    const copy = copyTensors(original);
    assert.deepEqual(copy, original);
    const copied = copy.get("bytes")?.data as Uint8Array;
    assert.equal(copied.buffer.byteLength, 2);
    data[0] = 9;
    lod[0]?.push(3);
    (texts.data as string[])[0] = "b";
    assert.deepEqual(copy.get("bytes"), {
      dtype: "uint8",
      shape: [2],
      data: new Uint8Array(2),
      lod: [[0, 1, 2]],
    });
    assert.deepEqual(copy.get("texts")?.data, ["a"]);
  });

  test("of a Buffer are no views of it", () => {
    const data = Buffer.from([1, 2]);
    const copy = copyTensors(tensors({ x: tensor("uint8", [2], data) }));
    data[0] = 9;
    assert.deepEqual([...(copy.get("x")?.data ?? [])], [1, 2]);
  });
});

describe("tensors are the same", () => {
  test("when name, type, shape, lod and bytes are", () => {
    assert.ok(isSame(of(1, Number.NaN), of(1, Number.NaN)));
    assert.ok(isSame({ ...of(1), lod: [[0, 1]] }, { ...of(1), lod: [[0, 1]] }));
    assert.ok(isSame(tensor("string", [1], ["é"]), tensor("string", [1], ["é"])));
    const shifted = tensor("float32", [1], new Float32Array(3).fill(1).subarray(2));
    assert.ok(isSame(of(1), shifted));
  });

  test("not when anything differs", () => {
    const bits = tensor("int32", [1], Int32Array.of(0));
    const others = [of(1), of(-0), of(0, 0), bits, { ...of(0), shape: [1, 1] }, { ...of(0), lod: [[0, 1]] }];
    for (const other of others) assert.ok(!isSame(of(0), other));
    const text = tensor("string", [1], ["a"]);
    assert.ok(!isSame(text, tensor("string", [1], ["b"])));
    assert.ok(!areSameTensors(tensors({ x: text }), tensors({ y: text })));
    assert.ok(!areSameTensors(tensors({ x: text }), tensors({ x: text, y: text })));
    assert.ok(!isSame({ ...of(0), lod: [[0, 1]] }, { ...of(0), lod: [[0, 0, 1]] }));
  });
});

test("tensors take at least the bytes of their data", () => {
  assert.ok(bytesOfTensors(tensors({ x: of(1, 2, 3) })) >= 12);
  const short = bytesOfTensors(tensors({ x: tensor("string", [1], ["a"]) }));
  const long = bytesOfTensors(tensors({ x: tensor("string", [1], ["a".repeat(101)]) }));
  assert.equal(long - short, 200);
});
