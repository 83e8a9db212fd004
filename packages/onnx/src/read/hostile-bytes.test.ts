import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { GraphBuilder } from "../build/graph-builder.js";
import { linearModel } from "../models/linear-model.js";
import { OnnxFormatError } from "../onnx-format-error.js";
import { summarizeModel } from "./summarize-model.js";

/** A model with most of what the reader looks at. */
function richModel(): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.input("x", { dtype: "float32", shape: ["N", 4] });
  const flag = graph.input("flag", { dtype: "bool", shape: [] });
  const branch = new GraphBuilder({ name: "then", outer: graph });
  branch.output(branch.reshape(branch.relu(x), [-1, 2]), { dtype: "float32", shape: ["M", 2] });
  const y = graph.node("If", [flag], { then_branch: { graph: branch }, else_branch: { graph: branch } });
  graph.output(y, { dtype: "float32", shape: ["M", 2] });
  return graph.build();
}

const models = [linearModel({ weights: [1, 2, 3], bias: 4 }), richModel()];

/** Either outcome is right; any other error, or none within the time of the test, is not. */
function readOrRefuse(bytes: Uint8Array): void {
  try {
    assert.ok(summarizeModel(bytes).irVersion > 0);
  } catch (error) {
    assert.ok(error instanceof OnnxFormatError, String(error));
  }
}

test("every cut of a model is read or refused", () => {
  for (const model of models) {
    for (let length = 0; length < model.length; length++) readOrRefuse(model.subarray(0, length));
  }
});

test("every model with one bit turned is read or refused", () => {
  for (const model of models) {
    for (let bit = 0; bit < model.length * 8; bit++) {
      const bytes = Uint8Array.from(model);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      readOrRefuse(bytes);
    }
  }
});

test("models with bytes changed at will are read or refused", () => {
  const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(
      fc.constantFrom(...models),
      fc.array(change, { minLength: 1, maxLength: 8 }),
      (model, changes) => {
        const bytes = Uint8Array.from(model);
        for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
        readOrRefuse(bytes);
      },
    ),
    { numRuns: 3000 },
  );
});

test("bytes at will are read or refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => readOrRefuse(bytes)),
    { numRuns: 3000 },
  );
});
