import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Writer } from "protobufjs";
import { linearModel } from "../models/linear-model.js";
import { mlpModel } from "../models/mlp-model.js";
import { OnnxFormatError } from "../onnx-format-error.js";
import { messageType } from "../schema.js";
import { onnxLimits } from "./onnx-limits.js";
import { readModelSummary, summarizeModel } from "./summarize-model.js";

const float = 1;

function encodeModel(model: object): Uint8Array {
  return messageType("ModelProto")
    .encode({ ir_version: 8, ...model })
    .finish();
}

function bytesTag(field: number): number {
  return field * 8 + 2;
}

/** For what an encoder would not write. */
function modelOf(graph: Uint8Array): Uint8Array {
  return Writer.create()
    .uint32(1 << 3)
    .uint32(8)
    .uint32(bytesTag(7))
    .bytes(graph)
    .finish();
}

function valueInfo(name: string, dim: readonly object[]): object {
  return { name, type: { tensor_type: { elem_type: float, shape: { dim } } } };
}

/** A tensor whose elements lie in a file named after it. */
function outside(name: string): object {
  const external_data = [
    { key: "offset", value: "0" },
    { key: "location", value: `${name}.bin` },
  ];
  return { name, dims: [2, 3], data_type: float, data_location: 1, external_data };
}

function assertRefused(bytes: Uint8Array, message: string | RegExp): void {
  assert.throws(() => summarizeModel(bytes), { name: "OnnxFormatError", message });
}

describe("summarizeModel", () => {
  test("tells what a caller needs to know of a model", () => {
    const bytes = linearModel({ weights: [1, 2, 3], bias: 4, fetchName: "price" });
    assert.deepEqual(summarizeModel(bytes), {
      irVersion: 8,
      producer: { name: "paddlewheel", version: "" },
      opsets: new Map([["ai.onnx", 17]]),
      inputs: [{ name: "x", dtype: "float32", shape: ["N", 3] }],
      outputs: [{ name: "price", dtype: "float32", shape: ["N", 1] }],
      opCounts: new Map([
        ["MatMul", 1],
        ["Add", 1],
      ]),
      parameterCount: 4,
      parameterBytes: 16,
      externalData: [],
    });
  });

  test("does not count an input that has an initializer as an input", () => {
    const graph = {
      input: [valueInfo("x", []), valueInfo("w", []), valueInfo("s", [])],
      initializer: [{ name: "w", dims: [2], data_type: float, raw_data: new Uint8Array(8) }],
      sparse_initializer: [{ values: { name: "s", dims: [3], data_type: float } }],
    };
    const summary = summarizeModel(encodeModel({ graph }));
    assert.deepEqual(
      summary.inputs.map(({ name }) => name),
      ["x"],
    );
    assert.equal(summary.parameterCount, 5);
    assert.equal(summary.parameterBytes, 20);
  });

  test("names free axes that have no name after the value, also those written as -1", () => {
    const input = [
      valueInfo("x", [{}, { dim_param: "" }, { dim_value: -1 }, { dim_param: "N" }, { dim_value: 7 }]),
    ];
    const [x] = summarizeModel(encodeModel({ graph: { input } })).inputs;
    assert.deepEqual(x?.shape, ["x_dim_0", "x_dim_1", "x_dim_2", "N", 7]);
  });

  test("gives no shape when the model tells no rank", () => {
    const output = [{ name: "y", type: { tensor_type: { elem_type: 7 } } }];
    const { outputs } = summarizeModel(encodeModel({ graph: { output } }));
    assert.deepEqual(outputs, [{ name: "y", dtype: "int64", shape: undefined }]);
  });

  test("says of inputs that are no tensors what they are", () => {
    const types = [
      { sequence_type: { elem_type: { tensor_type: { elem_type: 1 } } } },
      { map_type: { key_type: 7 } },
      { optional_type: {} },
      { sparse_tensor_type: { elem_type: 1 } },
      { tensor_type: { elem_type: 99 } },
      {},
    ];
    const input = types.map((type, index) => ({ name: `x${index}`, type }));
    const { inputs } = summarizeModel(encodeModel({ graph: { input } }));
    assert.deepEqual(
      inputs.map(({ dtype }) => dtype),
      ["sequence", "map", "optional", "sparse_tensor", "unknown(99)", "unknown(0)"],
    );
  });

  test("counts the operators of nested graphs and functions, by domain", () => {
    const branch = { node: [{ op_type: "Add" }, { op_type: "Gelu", domain: "com.microsoft" }] };
    const node = [
      { op_type: "If", attribute: [{ name: "then_branch", g: branch }] },
      { op_type: "Scan", attribute: [{ name: "bodies", graphs: [branch, branch] }] },
    ];
    const functions = [{ name: "f", node: [{ op_type: "Relu", domain: "ai.onnx" }] }];
    const training_info = [{ algorithm: { node: [{ op_type: "Gradient" }] } }];
    const { opCounts } = summarizeModel(encodeModel({ graph: { node }, functions, training_info }));
    assert.deepEqual(Object.fromEntries(opCounts), {
      Add: 3,
      "com.microsoft:Gelu": 3,
      If: 1,
      Scan: 1,
      Relu: 1,
    });
  });

  test("finds external data wherever a tensor can be", () => {
    const innermost = { node: [{ op_type: "Constant", attribute: [{ name: "value", t: outside("deep") }] }] };
    const body = {
      initializer: [outside("nested")],
      node: [{ op_type: "If", attribute: [{ name: "else_branch", graphs: [innermost] }] }],
    };
    const attribute = [
      { name: "a", t: outside("t") },
      { name: "b", tensors: [outside("tensors")] },
      { name: "c", sparse_tensor: { values: outside("sparse.values") } },
      { name: "d", sparse_tensors: [{ indices: outside("sparse.indices") }] },
      { name: "e", g: body },
    ];
    const graph = {
      initializer: [outside("initializer")],
      sparse_initializer: [{ values: outside("values"), indices: outside("indices") }],
      node: [{ op_type: "Any", attribute }],
    };
    const functions = [
      { node: [{ attribute: [{ t: outside("function") }] }], attribute_proto: [{ t: outside("default") }] },
    ];
    const training_info = [
      {
        initialization: { initializer: [outside("initialization")] },
        algorithm: { initializer: [outside("algorithm")] },
      },
    ];
    const { externalData } = summarizeModel(encodeModel({ graph, functions, training_info }));
    assert.deepEqual(externalData.map(({ tensor }) => tensor).sort(), [
      "algorithm",
      "deep",
      "default",
      "function",
      "indices",
      "initialization",
      "initializer",
      "nested",
      "sparse.indices",
      "sparse.values",
      "t",
      "tensors",
      "values",
    ]);
    for (const { tensor, location } of externalData) assert.equal(location, `${tensor}.bin`);
  });

  test("sees external data of a graph that is written in two parts, which parsers merge", () => {
    const first = encodeModel({ graph: { initializer: [outside("hidden")] } });
    const second = messageType("ModelProto")
      .encode({ graph: { name: "shown" } })
      .finish();
    const { externalData } = summarizeModel(Buffer.concat([first, second]));
    assert.deepEqual(externalData, [{ tensor: "hidden", location: "hidden.bin", offsets: [0] }]);
  });

  test("tells where the elements begin, and the parts that ONNX Runtime packed", () => {
    const external_data = [
      { key: "location", value: "w.bin" },
      { key: "offset", value: "64" },
      { key: "length", value: "24" },
      { key: "prepacked_0", value: "MatMul+123|128;32;0|4096;8;0" },
    ];
    const initializer = [{ name: "w", dims: [2, 3], data_type: float, data_location: 1, external_data }];
    const { externalData } = summarizeModel(encodeModel({ graph: { initializer } }));
    assert.deepEqual(externalData[0]?.offsets, [64, 128, 4096]);
  });

  test("reports a location of a tensor that claims not to be external, and external data without a location", () => {
    const { data_location: _, ...unmarked } = outside("unmarked") as Record<string, unknown>;
    const initializer = [unmarked, { name: "lost", data_location: 1 }];
    const { externalData } = summarizeModel(encodeModel({ graph: { initializer } }));
    assert.deepEqual(externalData, [
      { tensor: "unmarked", location: "unmarked.bin", offsets: [0] },
      { tensor: "lost", location: "", offsets: [] },
    ]);
  });

  test("reads dims packed or not", () => {
    const tensor = Writer.create()
      .uint32(bytesTag(1))
      .bytes(Uint8Array.of(2, 0x80, 1));
    tensor.uint32(1 << 3).uint32(3);
    const graph = Writer.create().uint32(bytesTag(5)).bytes(tensor.finish()).finish();
    const summary = summarizeModel(modelOf(graph));
    assert.equal(summary.parameterCount, 2 * 128 * 3);
  });

  test("counts half bytes of 4-bit weights and nothing for strings", () => {
    const initializer = [
      { name: "int4", dims: [5], data_type: 22 },
      { name: "words", dims: [7], data_type: 8 },
    ];
    const summary = summarizeModel(encodeModel({ graph: { initializer } }));
    assert.equal(summary.parameterCount, 12);
    assert.equal(summary.parameterBytes, 3);
  });
});

describe("a file that is not a model", () => {
  test("is refused when it is empty, text, or protobuf of something else", () => {
    assertRefused(new Uint8Array(0), "the model is empty");
    assertRefused(Buffer.from("no model at all\n"), /^byte \d+: /);
    assertRefused(Uint8Array.of(8, 0), "byte 2: no ir_version: this is not an ONNX model");
    assertRefused(encodeModel({}), "byte 2: the model has no graph");
  });

  test("is refused when it is cut", () => {
    const bytes = linearModel({ weights: [1], bias: 0 });
    assertRefused(bytes.subarray(0, bytes.length - 1), /bytes are announced, \d+ are left$/);
    assertRefused(Uint8Array.of(8), "byte 1: the file ends in the middle");
    // An ir_version within a graph message of one byte would run over its end.
    assertRefused(Uint8Array.of(0x3a, 1, 0x80, 1), "byte 3: a message ends in the middle");
  });

  test("is refused when it has what protobuf does not allow or ONNX does not use", () => {
    assertRefused(Uint8Array.of(0x00), "byte 1: a field with the number 0");
    assertRefused(Uint8Array.of(0x0b), "byte 1: a field of wire type 3, which ONNX does not use");
    assertRefused(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f), "byte 5: a field tag of more than 32 bits");
    assertRefused(Buffer.from(`08${"ff".repeat(10)}`, "hex"), "byte 11: a number of more than 10 bytes");
  });

  test("is refused when dims make no sense", () => {
    for (const dims of [[-1], [2 ** 40, 2 ** 40], [0, 2 ** 60, 2 ** 60, Number.MAX_SAFE_INTEGER, -5]]) {
      const initializer = [{ name: "w", dims, data_type: float }];
      assertRefused(
        encodeModel({ graph: { initializer } }),
        /initializer "w": its dims make no number of elements$/,
      );
    }
  });
});

describe("the limits", () => {
  const limited = (bytes: Uint8Array, limit: Partial<typeof onnxLimits>) => () =>
    summarizeModel(bytes, { ...onnxLimits, ...limit });

  test("hold for graphs in graphs: 32 are read, 33 are not", () => {
    const nested = (depth: number): object =>
      depth === 0 ? {} : { node: [{ attribute: [{ g: nested(depth - 1) }] }] };
    assert.equal(summarizeModel(encodeModel({ graph: nested(32) })).opCounts.get(""), 32);
    assertRefused(encodeModel({ graph: nested(33) }), /graphs nested more than 32 deep$/);
  });

  test("hold for nodes, which are two bytes each in a hostile file", () => {
    const nodes = Buffer.alloc(2 * 1_000_001);
    for (let at = 0; at < nodes.length; at += 2) nodes[at] = bytesTag(1);
    assertRefused(modelOf(nodes), /more than 1000000 nodes$/);
  });

  test("hold for tensors, values, axes, names and fields", () => {
    const graph = {
      input: [valueInfo("x", [{}, {}]), valueInfo("y", [{}])],
      initializer: [{ name: "w" }, { name: "long name" }],
    };
    const bytes = encodeModel({ graph });
    assert.throws(limited(bytes, { maxTensors: 1 }), /more than 1 tensors$/);
    assert.throws(limited(bytes, { maxValues: 1 }), /more than 1 inputs or outputs$/);
    assert.throws(limited(bytes, { maxRank: 1 }), /a shape of more than 1 axes$/);
    assert.throws(limited(bytes, { maxStringBytes: 8 }), /a string of 9 bytes, at most 8 are allowed$/);
    assert.throws(limited(bytes, { maxFields: 10 }), /more than 10 fields$/);
  });
});

describe("readModelSummary", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "onnx-summary-"));
  });
  after(() => rm(folder, { recursive: true }));

  test("gives of a file what summarizeModel gives of its bytes", async () => {
    // Weights of a megabyte and more: the file is read through a window that is far smaller.
    const bytes = mlpModel({ layers: [784, 512, 512, 10], seed: 1 });
    const file = join(folder, "model.onnx");
    await writeFile(file, bytes);
    assert.deepEqual(await readModelSummary(file), summarizeModel(bytes));
  });

  test("names the file in its errors", async () => {
    const file = join(folder, "broken.onnx");
    await writeFile(file, "");
    await assert.rejects(readModelSummary(file), new OnnxFormatError(`${file}: the model is empty`));
    await assert.rejects(readModelSummary(folder), { message: `${folder}: not a plain file` });
    await assert.rejects(readModelSummary(join(folder, "none")), { code: "ENOENT" });
  });
});
