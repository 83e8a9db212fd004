import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { summarizeModel } from "../read/summarize-model.js";
import { runModel } from "../testing/run-model.js";
import { GraphBuilder } from "./graph-builder.js";

describe("GraphBuilder", () => {
  function graphWithX(): GraphBuilder {
    const graph = new GraphBuilder();
    graph.input("x", { dtype: "float32", shape: ["N", 2] });
    return graph;
  }

  function assertRefuses(build: (graph: GraphBuilder) => unknown, message: string): void {
    assert.throws(() => build(graphWithX()), { name: "OnnxBuildError", message });
  }

  test("writes a file that the reader reads: names, symbolic axes, initializers of every array", () => {
    const graph = graphWithX();
    const arrays = [
      new Float32Array(2),
      new Float64Array(2),
      new Int8Array(2),
      new Int16Array(2),
      new Int32Array(2),
      new BigInt64Array(2),
      new Uint8Array(2),
      new Uint16Array(2),
      new Uint32Array(2),
      new BigUint64Array(2),
      ["a", "b"],
    ];
    for (const [at, data] of arrays.entries()) graph.initializer(`i${at}`, { shape: [2], data });
    graph.initializer("half", { shape: [2], data: new Uint16Array(2), dtype: "float16" });
    graph.output(graph.relu("x", { output: "y" }), { dtype: "float32", shape: ["N", 2] });
    const summary = summarizeModel(graph.build());
    assert.deepEqual(summary.inputs, [{ name: "x", dtype: "float32", shape: ["N", 2] }]);
    assert.deepEqual(summary.outputs, [{ name: "y", dtype: "float32", shape: ["N", 2] }]);
    assert.equal(summary.parameterCount, 24);
    assert.equal(summary.parameterBytes, 2 * (4 + 8 + 1 + 2 + 4 + 8 + 1 + 2 + 4 + 8 + 0 + 2));
  });

  test("leaves weights in a file beside the model, where ONNX Runtime finds them", async () => {
    const graph = graphWithX();
    const w = graph.externalInitializer("w", { dtype: "float32", shape: [2], location: "w.bin", offset: 4 });
    graph.output(graph.add("x", w), { dtype: "float32", shape: ["N", 2] });
    assert.deepEqual(summarizeModel(graph.build()).externalData, [
      { tensor: "w", location: "w.bin", offsets: [4] },
    ]);
    const folder = await mkdtemp(join(tmpdir(), "external-initializer-"));
    await writeFile(join(folder, "w.bin"), new Uint8Array(Float32Array.of(0, 10, 20).buffer));
    await writeFile(join(folder, "model.onnx"), graph.build());
    const { values } = await runModel(join(folder, "model.onnx"), { x: { shape: [1, 2], values: [1, 2] } });
    assert.deepEqual(values, [11, 22]);
    await rm(folder, { recursive: true });
  });

  test("gives bytes that share no memory, so that they can be transferred", () => {
    const graph = graphWithX();
    graph.output("x", { dtype: "float32", shape: ["N", 2] });
    const bytes = graph.build();
    assert.equal(bytes.byteLength, bytes.buffer.byteLength);
    assert.equal(Object.getPrototypeOf(bytes), Uint8Array.prototype);
  });

  test("refuses a name that no earlier value has, naming the node", () => {
    assertRefuses(
      (graph) => graph.matMul("x", "w"),
      'node "MatMul_0" (MatMul): no input, initializer or earlier node gives the value "w"',
    );
    assertRefuses(
      (graph) => graph.output("y", { dtype: "float32", shape: [] }),
      'output "y": no input, initializer or node gives this value',
    );
  });

  test("takes an empty name for an optional input that is left out", () => {
    const graph = graphWithX();
    assert.equal(graph.node("Clip", ["x", "", ""], {}, { name: "clip" }), "clip_out");
  });

  test("refuses a name twice, also one of the graph around", () => {
    assertRefuses(
      (graph) => graph.relu("x", { output: "x" }),
      'node "Relu_0" (Relu): the name "x" is already taken',
    );
    assertRefuses((graph) => graph.input("", { dtype: "float32", shape: [] }), "input: an empty name");
    assertRefuses(
      (graph) => new GraphBuilder({ outer: graph }).initializer("x", { shape: [], data: Float32Array.of(1) }),
      'initializer: the name "x" is already taken',
    );
  });

  test("refuses data that does not fit its shape or type", () => {
    assertRefuses(
      (graph) => graph.initializer("w", { shape: [2, 3], data: new Float32Array(5) }),
      'initializer "w": shape [2, 3] wants 6 elements, the data has 5',
    );
    assertRefuses(
      (graph) => graph.initializer("w", { shape: [2], data: new Float32Array(2), dtype: "float16" }),
      'initializer "w": the data is an array of float32, which cannot hold float16',
    );
  });

  test("refuses a fraction where an attribute is a whole number", () => {
    assertRefuses(
      (graph) => graph.node("Elu", ["x"], { alpha: 0.5 }),
      'node "Elu_0" (Elu): attribute "alpha": 0.5 is not a whole number; write { float: 0.5 } for a float',
    );
  });

  test("refuses to build a graph without an output", () => {
    assertRefuses((graph) => graph.build(), "the graph has no output");
  });
});
