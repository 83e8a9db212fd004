import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "../code.js";
import type { Tensor } from "../tensor/tensor.js";
import { GeneralBlob } from "./general-blob.js";

const tensor: Tensor = { dtype: "float32", shape: [1], data: new Float32Array(1) };

describe("GeneralBlob", () => {
  test("gives the tensor of a name, not a copy", () => {
    assert.equal(new GeneralBlob(new Map([["x", tensor]])).tensor("x"), tensor);
  });

  test("lists the tensors there are when one is missing", () => {
    const blob = new GeneralBlob(new Map([["x", tensor]]).set("y", tensor));
    assert.throws(() => blob.tensor("z"), {
      code: Code.invalidArgument,
      message: 'no tensor named "z", there is "x", "y"',
    });
    assert.throws(() => new GeneralBlob().tensor("z"), { message: 'no tensor named "z", there is none' });
  });

  test("has no stamps, aliases or sequences unless given", () => {
    const blob = new GeneralBlob();
    assert.deepEqual([blob.timeStamps, blob.vars, blob.sequences], [[], undefined, new Map()]);
    const sequences = new Map([["x", [0, 2, 3]]]);
    assert.equal(new GeneralBlob(new Map(), { sequences }).sequences, sequences);
    assert.deepEqual(new GeneralBlob(new Map(), { timeStamps: [1, 2], vars: [] }).timeStamps, [1, 2]);
  });
});
