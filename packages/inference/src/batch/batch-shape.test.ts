import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { layoutOf } from "../testing/batching.js";
import { tensor, tensors, variable, zeros } from "../testing/tensors.js";
import { BatchShape } from "./batch-shape.js";

const layout = layoutOf({
  inputs: [variable("x", "float32", ["N", "A", "B"]), variable("scale", "float32", [2])],
  outputs: [variable("y", "float32", ["N"])],
});

function inputs(a: number, b: number, scale: readonly number[] = [1, 2]) {
  return tensors({ x: zeros(1, a, b), scale: tensor("float32", [2], Float32Array.from(scale)) });
}

describe("a batch takes in", () => {
  test("requests of one inner shape, however many rows they have", () => {
    const shape = new BatchShape(layout, inputs(3, 4), false);
    assert.ok(shape.join(inputs(3, 4)));
    assert.ok(!shape.join(inputs(3, 5)));
    assert.ok(!shape.join(inputs(4, 3)));
  });

  test("requests whose shared inputs are equal byte for byte", () => {
    const shape = new BatchShape(layout, inputs(3, 4, [0, Number.NaN]), true);
    assert.ok(shape.join(inputs(3, 4, [0, Number.NaN])));
    assert.ok(!shape.join(inputs(3, 4, [-0, Number.NaN])));
  });

  test("with padding, what at most doubles or grows by at most 1024 elements", () => {
    const shape = new BatchShape(layout, inputs(1, 1), true);
    assert.ok(shape.join(inputs(25, 41)));
    assert.ok(!shape.join(inputs(25, 42)));
    const large = new BatchShape(layout, inputs(100, 100), true);
    assert.ok(large.join(inputs(100, 200)));
    assert.ok(!large.join(inputs(100, 50)));
  });

  test("with padding, nothing that makes the smallest of all rows grow too much, in however many steps", () => {
    const shape = new BatchShape(layout, inputs(1, 2000), true);
    assert.ok(shape.join(inputs(1, 4000)));
    assert.ok(!shape.join(inputs(1, 6000)));
    assert.ok(!shape.join(inputs(2, 2000)));
  });
});
