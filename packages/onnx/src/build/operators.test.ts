import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "../models/seeded-random.js";
import * as reference from "../testing/reference-ops.js";
import { type Plain, runModel } from "../testing/run-model.js";
import { GraphBuilder } from "./graph-builder.js";

const random = seededRandom(7);

/** Numbers between -1 and 1. */
function randomTensor(...shape: number[]): Plain {
  const length = shape.reduce((product, size) => product * size, 1);
  return { shape, values: Array.from({ length }, () => Math.fround(2 * random() - 1)) };
}

type Build = (graph: GraphBuilder, inputs: readonly string[]) => string;

/** Runs a model of one operator in ONNX Runtime and compares: same shape, same numbers but for float32 rounding. */
async function assertComputes(feeds: readonly Plain[], build: Build, expected: Plain): Promise<void> {
  const graph = new GraphBuilder();
  const names = feeds.map(({ dtype = "float32", shape }, at) => graph.input(`x${at}`, { dtype, shape }));
  const output = build(graph, names);
  graph.output(output, { dtype: expected.dtype ?? "float32", shape: expected.shape });
  const actual = await runModel(graph.build(), Object.fromEntries(feeds.map((feed, at) => [`x${at}`, feed])));
  assert.deepEqual(actual.shape, expected.shape);
  for (const [at, value] of expected.values.entries()) {
    const difference = Math.abs((actual.values[at] ?? Number.NaN) - value);
    assert.ok(difference < 1e-5, `element ${at} is ${actual.values[at]}, expected ${value}`);
  }
}

describe("an operator of the builder computes what its definition says", () => {
  test("MatMul", async () => {
    const [a, b] = [randomTensor(2, 3), randomTensor(3, 4)];
    await assertComputes([a, b], (graph, [x = "", y = ""]) => graph.matMul(x, y), reference.matMul(a, b));
  });

  test("Gemm", async () => {
    const [a, b, c] = [randomTensor(3, 2), randomTensor(4, 3), randomTensor(4)];
    const product = reference.matMul(reference.transpose(a), reference.transpose(b));
    const expected = reference.zip(product, c, (left, right) => 0.5 * left + 2 * right);
    const options = { alpha: 0.5, beta: 2, transA: true, transB: true };
    await assertComputes(
      [a, b, c],
      (graph, [x = "", y = "", z = ""]) => graph.gemm(x, y, { ...options, c: z }),
      expected,
    );
    const [d, e] = [randomTensor(2, 3), randomTensor(3, 2)];
    await assertComputes([d, e], (graph, [x = "", y = ""]) => graph.gemm(x, y), reference.matMul(d, e));
  });

  test("Conv", async () => {
    const [x, w] = [randomTensor(2, 3, 5, 6), randomTensor(4, 3, 3, 2)];
    const window = { strides: [2, 1], pads: [1, 0, 2, 1] } as const;
    const expected = reference.conv(x, w, window);
    await assertComputes([x, w], (graph, [a = "", b = ""]) => graph.conv(a, b, window), expected);
  });

  test("Conv with groups, dilation and bias", async () => {
    const [x, w, bias] = [randomTensor(1, 4, 3, 3), randomTensor(4, 1, 1, 1), randomTensor(4)];
    const window = { strides: [1, 1], pads: [0, 0, 0, 0] } as const;
    const grouped = reference.conv(x, w, window, 4);
    const expected = {
      ...grouped,
      values: grouped.values.map((value, at) => value + (bias.values[Math.floor(at / 9)] ?? 0)),
    };
    await assertComputes(
      [x, w, bias],
      (graph, [a = "", b = "", c = ""]) => graph.conv(a, b, { group: 4, bias: c }),
      expected,
    );
    // A 2×2 kernel two apart sees the corners of a 3×3 image.
    const [image, corners] = [randomTensor(1, 1, 3, 3), { shape: [1, 1, 2, 2], values: [1, 1, 1, 1] }];
    const values = [reference.sum([0, 2, 6, 8].map((at) => image.values[at] ?? 0))];
    await assertComputes(
      [image, corners],
      (graph, [a = "", b = ""]) => graph.conv(a, b, { dilations: [2, 2] }),
      {
        shape: [1, 1, 1, 1],
        values,
      },
    );
  });

  test("BatchNormalization", async () => {
    const variance = { shape: [3], values: [0.25, 1, 4] };
    const tensors = [randomTensor(2, 3, 2, 2), randomTensor(3), randomTensor(3), randomTensor(3), variance];
    const [x = variance, ...parameters] = tensors;
    const build =
      (epsilon?: number): Build =>
      (graph, [a = "", scale = "", bias = "", mean = "", spread = ""]) =>
        graph.batchNormalization(a, { scale, bias, mean, variance: spread, ...(epsilon && { epsilon }) });
    await assertComputes(tensors, build(), reference.batchNormalization(x, parameters, 1e-5));
    await assertComputes(tensors, build(0.5), reference.batchNormalization(x, parameters, 0.5));
  });

  test("Relu", async () => {
    const x = randomTensor(3, 4);
    const expected = reference.map(x, (value) => Math.max(0, value));
    await assertComputes([x], (graph, [a = ""]) => graph.relu(a), expected);
  });

  test("MaxPool and AveragePool", async () => {
    const x = randomTensor(2, 2, 5, 4);
    const window = { strides: [2, 1], pads: [1, 1, 0, 0] } as const;
    const options = { kernelShape: [3, 2], ...window };
    const highest = reference.pool(x, [3, 2], window, (pixels) => Math.max(...pixels));
    const mean = reference.pool(x, [3, 2], window, (pixels) => reference.sum(pixels) / pixels.length);
    await assertComputes([x], (graph, [a = ""]) => graph.maxPool(a, options), highest);
    await assertComputes([x], (graph, [a = ""]) => graph.averagePool(a, options), mean);
  });

  test("GlobalAveragePool", async () => {
    const x = randomTensor(2, 3, 4, 5);
    const window = { strides: [1, 1], pads: [0, 0, 0, 0] } as const;
    const expected = reference.pool(x, [4, 5], window, (pixels) => reference.sum(pixels) / pixels.length);
    await assertComputes([x], (graph, [a = ""]) => graph.globalAveragePool(a), expected);
  });

  test("Softmax", async () => {
    const x = randomTensor(3, 4);
    await assertComputes([x], (graph, [a = ""]) => graph.softmax(a), reference.softmax(x));
    const columns = reference.transpose(reference.softmax(reference.transpose(x)));
    await assertComputes([x], (graph, [a = ""]) => graph.softmax(a, { axis: 0 }), columns);
  });

  test("Gather", async () => {
    const table = { shape: [3, 2], values: [0, 1, 10, 11, 20, 21] };
    const ids = { dtype: "int64", shape: [2], values: [2, 0] } as const;
    const rows = { shape: [2, 2], values: [20, 21, 0, 1] };
    await assertComputes([table, ids], (graph, [a = "", b = ""]) => graph.gather(a, b), rows);
    const column = { dtype: "int64", shape: [1], values: [1] } as const;
    const columns = { shape: [3, 1], values: [1, 11, 21] };
    await assertComputes(
      [table, column],
      (graph, [a = "", b = ""]) => graph.gather(a, b, { axis: 1 }),
      columns,
    );
  });

  test("Add and Mul, repeating the smaller side", async () => {
    const [a, b] = [randomTensor(3, 4), randomTensor(4)];
    const added = reference.zip(a, b, (left, right) => left + right);
    const multiplied = reference.zip(a, b, (left, right) => left * right);
    await assertComputes([a, b], (graph, [x = "", y = ""]) => graph.add(x, y), added);
    await assertComputes([a, b], (graph, [x = "", y = ""]) => graph.mul(x, y), multiplied);
  });

  test("Reshape, Flatten and Identity", async () => {
    const x = randomTensor(2, 3, 4);
    await assertComputes([x], (graph, [a = ""]) => graph.reshape(a, [0, -1]), { ...x, shape: [2, 12] });
    await assertComputes([x], (graph, [a = ""]) => graph.flatten(a), { ...x, shape: [2, 12] });
    await assertComputes([x], (graph, [a = ""]) => graph.flatten(a, { axis: 2 }), { ...x, shape: [6, 4] });
    await assertComputes([x], (graph, [a = ""]) => graph.identity(a), x);
  });

  test("Cast", async () => {
    const x = { shape: [4], values: [-1.75, 0, 1.5, 300] };
    const expected = { dtype: "int32", shape: [4], values: [-1, 0, 1, 300] } as const;
    await assertComputes([x], (graph, [a = ""]) => graph.cast(a, "int32"), expected);
  });

  test("Concat", async () => {
    const [a, b] = [
      { shape: [1, 2], values: [1, 2] },
      { shape: [1, 2], values: [3, 4] },
    ];
    await assertComputes([a, b], (graph, names) => graph.concat(names), {
      shape: [2, 2],
      values: [1, 2, 3, 4],
    });
    const wide = { shape: [1, 4], values: [1, 2, 3, 4] };
    await assertComputes([a, b], (graph, names) => graph.concat(names, { axis: 1 }), wide);
  });

  test("any other operator, by name, with each kind of attribute", async () => {
    const x = { shape: [2], values: [1, -1] };
    const tensor = { shape: [2], data: Float32Array.of(5, 6) };
    await assertComputes([x], (graph, [a = ""]) => graph.node("LeakyRelu", [a], { alpha: { float: 3 } }), {
      shape: [2],
      values: [1, -3],
    });
    await assertComputes([], (graph) => graph.node("Constant", [], { value: { tensor } }), {
      shape: [2],
      values: [5, 6],
    });
    await assertComputes([], (graph) => graph.node("Constant", [], { value_floats: { floats: [5, 6] } }), {
      shape: [2],
      values: [5, 6],
    });
    await assertComputes([], (graph) => graph.node("Constant", [], { value_ints: [5, 6] }), {
      dtype: "int64",
      shape: [2],
      values: [5, 6],
    });
    await assertComputes([x], (graph, [a = ""]) => graph.node("Pad", [a, pads(graph)], { mode: "edge" }), {
      shape: [4],
      values: [1, 1, -1, -1],
    });
  });

  test("If, whose branches see the graph around them", async () => {
    const x = { shape: [2], values: [3, 4] };
    const build =
      (condition: boolean): Build =>
      (graph, [a = ""]) => {
        const branch = (name: string, finish: (body: GraphBuilder) => string) => {
          const body = new GraphBuilder({ name, outer: graph });
          body.output(finish(body), { dtype: "float32", shape: [2] });
          return { graph: body };
        };
        const flag = graph.initializer("flag", {
          shape: [],
          data: Uint8Array.of(Number(condition)),
          dtype: "bool",
        });
        const attributes = {
          then_branch: branch("then", (body) => body.add(a, a)),
          else_branch: branch("else", (body) => body.mul(a, a)),
        };
        return graph.node("If", [flag], attributes);
      };
    await assertComputes([x], build(true), { shape: [2], values: [6, 8] });
    await assertComputes([x], build(false), { shape: [2], values: [9, 16] });
  });
});

function pads(graph: GraphBuilder): string {
  return graph.initializer("pads", { shape: [2], data: BigInt64Array.of(1n, 1n) });
}
