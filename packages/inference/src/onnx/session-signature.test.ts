import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sessionSignature } from "./session-signature.js";

type Sizes = readonly (number | string)[];

function value(name: string, type: "float32" | "uint32", shape: Sizes) {
  return { name, isTensor: true, type, shape } as const;
}

function declared(name: string, shape: Sizes | undefined) {
  return { name, dtype: "float32", shape };
}

describe("sessionSignature", () => {
  test("takes shapes from the session, which has inferred more than the file tells", () => {
    const session = {
      inputMetadata: [value("x", "float32", ["N", 3])],
      outputMetadata: [value("y", "float32", [3, "N"])],
    };
    const summary = { inputs: [declared("x", ["N", 3])], outputs: [declared("y", undefined)] };
    assert.deepEqual(sessionSignature(session, summary), {
      inputs: [{ name: "x", dtype: "float32", shape: ["N", 3] }],
      outputs: [{ name: "y", dtype: "float32", shape: [3, "N"] }],
    });
  });

  test("calls a free axis without a name after its variable", () => {
    const session = { inputMetadata: [value("x", "float32", ["", 3, ""])], outputMetadata: [] };
    const { inputs } = sessionSignature(session, {
      inputs: [declared("x", ["x_dim_0", 3, "x_dim_2"])],
      outputs: [],
    });
    assert.deepEqual(inputs[0]?.shape, ["x_dim_0", 3, "x_dim_2"]);
  });

  test("tells an open rank from a scalar", () => {
    const session = {
      inputMetadata: [value("x", "float32", []), value("s", "float32", [])],
      outputMetadata: [],
    };
    const summary = { inputs: [declared("x", undefined), declared("s", [])], outputs: [] };
    const { inputs } = sessionSignature(session, summary);
    assert.deepEqual(
      inputs.map(({ shape }) => shape),
      [["..."], []],
    );
  });

  test("refuses what cannot be served", () => {
    const none = { inputs: [], outputs: [] };
    const session = { inputMetadata: [value("x", "uint32", [1])], outputMetadata: [] };
    assert.throws(() => sessionSignature(session, none), new Error('"x" cannot be served'));
    const sequence = { inputMetadata: [], outputMetadata: [{ name: "y", isTensor: false } as const] };
    assert.throws(() => sessionSignature(sequence, none), new Error('"y" cannot be served'));
  });
});
