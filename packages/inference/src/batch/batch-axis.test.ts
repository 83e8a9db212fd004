import assert from "node:assert/strict";
import { test } from "node:test";
import type { VarSignature } from "@paddlewheel/core";
import { hasBatchAxis } from "./batch-axis.js";

function signature(inputs: VarSignature["shape"][], outputs: VarSignature["shape"][]) {
  const vars = (shapes: VarSignature["shape"][]) =>
    shapes.map((shape, i): VarSignature => ({ name: `v${i}`, dtype: "float32", shape }));
  return { inputs: vars(inputs), outputs: vars(outputs) };
}

for (const [what, inputs, outputs, expected] of [
  ["one free first axis everywhere", [["N", 13]], [["N", 1]], true],
  ["several inputs and outputs of one axis", [["N", 3], ["N"]], [["N"], ["N", "T"]], true],
  ["a fixed first axis", [[1, 13]], [[1, 1]], false],
  ["a scalar input", [[]], [[]], false],
  ["an output of another axis", [["N", 13]], [["M", 1]], false],
  ["an input without the axis", [["N", 13], [4]], [["N"]], false],
  ["an output without axes", [["N", 13]], [[]], false],
  ["the axis twice in one output", [["N", 13]], [["N", "N"]], false],
  ["an axis without a name", [["?", 13]], [["?", 1]], false],
  ["an open rank", [["..."]], [["..."]], false],
  ["no inputs", [], [["N"]], false],
] as const) {
  test(`${what}: ${expected ? "rows belong together" : "is never batched"}`, () => {
    assert.equal(hasBatchAxis(signature([...inputs] as never, [...outputs] as never)), expected);
  });
}
