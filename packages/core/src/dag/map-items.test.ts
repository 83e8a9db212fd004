import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "../code.js";
import { GeneralBlob } from "../op/general-blob.js";
import type { Tensor } from "../tensor/tensor.js";
import { mapItems } from "./map-items.js";

const all = { dependency: "a", field: undefined };
const x: Tensor = { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };

describe("the items of a blob", () => {
  test("are its rows, of all tensors, as views", () => {
    const y: Tensor = { dtype: "string", shape: [2], data: ["p", "q"] };
    const items = mapItems(new GeneralBlob(new Map([["x", x]]).set("y", y)), all);
    assert.deepEqual([items.count, items.areRows], [2, true]);
    const second = items.item(1) as GeneralBlob;
    assert.deepEqual(second.tensor("x"), { dtype: "float32", shape: [1, 2], data: Float32Array.of(3, 4) });
    assert.deepEqual(second.tensor("y"), { dtype: "string", shape: [1], data: ["q"] });
    assert.equal((second.tensor("x").data as Float32Array).buffer, (x.data as Float32Array).buffer);
  });

  const refused: { blob: GeneralBlob; message: string }[] = [
    {
      blob: new GeneralBlob(new Map([["x", x]]).set("y", { ...x, shape: [4], data: x.data })),
      message: '"a" has 2 rows in tensor "x" and 4 in "y", a map needs the same',
    },
    {
      blob: new GeneralBlob(new Map([["x", { ...x, shape: [], data: new Float32Array(1) }]])),
      message: 'tensor "x" is a scalar and has no rows for a map to run over',
    },
    {
      blob: new GeneralBlob(new Map([["x", { ...x, lod: [[0, 2]] }]])),
      message: 'tensor "x" holds sequences (lod), a map runs over dense rows only',
    },
    {
      blob: new GeneralBlob(new Map([["x", x]]), { sequences: new Map([["x", [0, 1, 3]]]) }),
      message: 'tensor "x" holds sequences (lod), a map runs over dense rows only',
    },
  ];
  for (const { blob, message } of refused) {
    test(`are refused with: ${message}`, () => {
      assert.throws(() => mapItems(blob, all), { code: Code.invalidArgument, message });
    });
  }

  test("of one tensor need that tensor", () => {
    assert.throws(() => mapItems(new GeneralBlob(), { dependency: "a", field: "x" }), {
      code: Code.invalidArgument,
      message: 'no tensor named "x", there is none',
    });
  });
});

describe("what has no items", () => {
  const values: [unknown, string][] = [
    [null, "null"],
    ["text", '"text"'],
    [5, "5"],
    [{ length: 3 }, "an object"],
    [new DataView(new ArrayBuffer(8)), "an object"],
  ];
  for (const [value, shown] of values) {
    test(`is refused: ${shown}`, () => {
      const message = `"a" is ${shown}, a map runs over a list or the rows of tensors`;
      assert.throws(() => mapItems(value, all), { code: Code.opFailure, message });
    });
  }

  test("is the caller's fault when it is the request", () => {
    assert.throws(() => mapItems({}, { dependency: "startup_op", field: "list" }), {
      code: Code.invalidArgument,
      message: '"startup_op.list" is absent, a map runs over a list or the rows of tensors',
    });
    assert.throws(() => mapItems(5, { dependency: "startup_op", field: "list" }), {
      code: Code.invalidArgument,
    });
  });
});
