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

  test("gives the tensor of an alias, unless another has it for its name", () => {
    const vars = [
      { name: "fc_0", aliasName: "price", dtype: "float32", shape: [], isLodTensor: false },
    ] as const;
    const other: Tensor = { ...tensor };
    assert.equal(new GeneralBlob(new Map([["fc_0", tensor]]), { vars }).tensor("price"), tensor);
    const named = new GeneralBlob(new Map([["fc_0", tensor]]).set("price", other), { vars });
    assert.equal(named.tensor("price"), other);
  });

  test("gives a tensor as what it must be, and says what it is when it is not", () => {
    const blob = new GeneralBlob(new Map([["x", tensor]]));
    const data: Float32Array = blob.tensorOf("x", "float32", 1).data;
    assert.equal(data, tensor.data);
    assert.throws(() => blob.tensorOf("x", "int64"), {
      code: Code.invalidArgument,
      message: 'tensor "x" is float32 [1], must be int64',
    });
    assert.throws(() => blob.tensorOf("x", "float32", 2), {
      message: 'tensor "x" is float32 [1], must be float32 with 2 axes',
    });
  });

  test("has no stamps, aliases or sequences unless given", () => {
    const blob = new GeneralBlob();
    assert.deepEqual([blob.timeStamps, blob.vars, blob.sequences], [[], undefined, new Map()]);
    const sequences = new Map([["x", [0, 2, 3]]]);
    assert.equal(new GeneralBlob(new Map(), { sequences }).sequences, sequences);
    assert.deepEqual(new GeneralBlob(new Map(), { timeStamps: [1, 2], vars: [] }).timeStamps, [1, 2]);
  });
});
