import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { VarSignature } from "@paddlewheel/core";
import { layoutOf } from "../testing/batching.js";
import { tensors, variable, zeros } from "../testing/tensors.js";
import { planLayout, rowsOf } from "./batch-layout.js";

type Shapes = readonly VarSignature["shape"][];

function signature(inputs: Shapes, outputs: Shapes) {
  const vars = (letter: string, shapes: Shapes) =>
    shapes.map((shape, i) => variable(`${letter}${i}`, "float32", shape));
  return { inputs: vars("x", inputs), outputs: vars("y", outputs) };
}

describe("planLayout", () => {
  for (const [what, inputs, outputs, shared] of [
    ["one free first axis everywhere", [["N", 13]], [["N", 1]], []],
    ["several inputs and outputs of one axis", [["N", 3], ["N"]], [["N"], ["N", "T"]], []],
    ["outputs whose first axis has another name, or none", [["N", 13]], [["M", 1], ["?"]], []],
    ["first axes without a name", [["?", 13], ["N"]], [["?", 1]], []],
    [
      "inputs and outputs that all rows share",
      [["N", 13], [4], []],
      [["N"], [2], []],
      ["x1", "x2", "y1", "y2"],
    ],
  ] as const) {
    test(`finds rows in ${what}`, () => {
      const layout = layoutOf(signature(inputs, outputs));
      assert.deepEqual([...layout.sharedInputs, ...layout.sharedOutputs], shared);
      assert.deepEqual(layout.rowInputs.length + layout.sharedInputs.length, inputs.length);
    });
  }

  for (const [fault, inputs, outputs] of [
    ["no input has a free first axis", [[1, 13], []], [["N", 1]]],
    ["no input has a free first axis", [], [["N"]]],
    ["no output has a free first axis", [["N", 13]], [[1], []]],
    ["the first axes of the inputs differ: N, M", [["N"], ["M"]], [["N"]]],
    ['"y0" has the axis of the rows behind the first one, too', [["N", 13]], [["N", "N"]]],
    ['"x1" has the axis of the rows behind the first one, too', [["N"], [3, "N"]], [["N"]]],
    ['the model leaves the rank of "x0" open', [["..."]], [["N"]]],
  ] as const) {
    test(`tells why there are no rows: ${fault}`, () => {
      assert.deepEqual(planLayout(signature(inputs, outputs)), { fault });
    });
  }

  for (const [fault, inputs, outputs] of [
    [
      undefined,
      [
        ["N", "T"],
        ["N", "T", 3],
      ],
      [
        ["N", "T"],
        ["N", 2],
      ],
    ],
    [undefined, [["N", "?"]], [["N"]]],
    ["no input has a free axis behind the first", [["N", 3]], [["N"]]],
    ['axis 1 of output "y0" is no input\'s, so it could not be cut back', [["N", "T"]], [["N", "U"]]],
    ['axis 1 of output "y0" is no input\'s, so it could not be cut back', [["N", "?"]], [["N", "?"]]],
    [
      'input "x1", which has no rows, has a free axis',
      [
        ["N", "T"],
        [1, "T"],
      ],
      [["N"]],
    ],
  ] as const) {
    test(`tells whether rows can be padded: ${fault ?? "yes"}`, () => {
      assert.equal(layoutOf(signature(inputs, outputs)).paddingFault, fault);
    });
  }
});

test("rows are counted where all inputs agree", () => {
  const layout = layoutOf(signature([["?", 2], ["?"], [7]], [["?"]]));
  assert.equal(rowsOf(layout, tensors({ x0: zeros(3, 2), x1: zeros(3), x2: zeros(7) })), 3);
  assert.equal(rowsOf(layout, tensors({ x0: zeros(3, 2), x1: zeros(1), x2: zeros(7) })), undefined);
});
