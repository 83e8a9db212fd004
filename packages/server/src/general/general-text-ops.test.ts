import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, GeneralBlob, type Tensor, type TensorMap } from "@paddlewheel/core";
import { opOf } from "@paddlewheel/core/testing";
import type { GeneralResponse, GeneralTensor } from "@paddlewheel/wire";
import { type FakeModel, modelVar } from "./testing/fake-infer-manager.js";
import { floats, requestOf, runGeneral } from "./testing/general-workflow.js";

function read(tensor: GeneralTensor): Promise<GeneralBlob> {
  return runGeneral({ nodes: { read: ["GeneralTextReaderOp"] }, request: requestOf([tensor]) });
}

describe("GeneralTextReaderOp", () => {
  test("pads the sequences and keeps their offsets beside the tensor", async () => {
    const blob = await read(floats("words", [1, 2, 3], { lod: [[0, 1, 3]] }));
    assert.deepEqual(blob.tensor("words"), {
      dtype: "float32",
      shape: [2, 2],
      data: Float32Array.of(1, 0, 2, 3),
    });
    assert.deepEqual(blob.sequences, new Map([["words", [0, 1, 3]]]));
  });

  test("takes a tensor of one axis without lod as one sequence", async () => {
    const blob = await read(floats("words", [1, 2, 3]));
    assert.deepEqual(blob.tensor("words").shape, [1, 3]);
    assert.deepEqual(blob.sequences, new Map([["words", [0, 3]]]));
  });

  test("cuts by the outermost of several levels", async () => {
    const lod = [
      [0, 2, 3],
      [0, 1, 2, 3],
    ];
    const blob = await read(floats("words", [1, 2, 3], { lod }));
    assert.deepEqual([...blob.tensor("words").data], [1, 2, 3, 0]);
    assert.deepEqual(blob.sequences.get("words"), [0, 2, 3]);
  });

  test("passes other tensors as they are, strings among them", async () => {
    const dense = floats("age", [1, 2], { shape: [1, 2] });
    const texts: GeneralTensor = { name: "s", aliasName: "", dtype: "string", shape: [1, 1], data: ["a"] };
    for (const tensor of [dense, texts]) {
      const blob = await read(tensor);
      assert.equal(blob.tensor(tensor.name), tensor);
      assert.equal(blob.sequences.size, 0);
    }
  });

  test("refuses sequences of strings", async () => {
    const texts: GeneralTensor = { name: "s", aliasName: "", dtype: "string", shape: [1], data: ["a"] };
    const message = 'tensor "s": sequences of string cannot be padded';
    await assert.rejects(read(texts), { code: Code.invalidArgument, message });
  });
});

/** A model that adds 100 to each element, padding included, and keeps what it was run with. */
function addHundred(isLodTensor: boolean): FakeModel & { readonly runs: TensorMap[] } {
  const runs: TensorMap[] = [];
  const run = (inputs: TensorMap): TensorMap => {
    runs.push(inputs);
    const { shape, data } = inputs.get("words") ?? floats("", []);
    return new Map([
      [
        "out",
        floats(
          "",
          [...data].map((value) => Number(value) + 100),
          { shape },
        ),
      ],
    ]);
  };
  const fetchVars = [modelVar("out", { aliasName: "tags", isLodTensor })];
  return { feedVars: [modelVar("words")], fetchVars, run, runs };
}

/** The only tensor of the response, of a workflow that reads, copies, runs the model and responds. */
async function roundTrip(words: GeneralTensor, model: FakeModel): Promise<GeneralTensor | undefined> {
  const response: GeneralResponse = await runGeneral({
    nodes: {
      read: ["GeneralTextReaderOp"],
      copy: ["GeneralCopyOp", "read"],
      model: ["GeneralInferOp", "copy"],
      answer: ["GeneralTextResponseOp", "model"],
    },
    models: { model },
    request: requestOf([words]),
  });
  return response.outputs[0]?.tensors[0];
}

describe("GeneralTextReaderOp and GeneralTextResponseOp around a model", () => {
  const cases: readonly (readonly [
    what: string,
    words: GeneralTensor,
    padded: number[],
    lod: Tensor["lod"],
  ])[] = [
    ["sequences of different length", floats("words", [1, 2, 3], { lod: [[0, 1, 3]] }), [2, 2], [[0, 1, 3]]],
    [
      "empty sequences",
      floats("words", [1, 2, 3], { lod: [[0, 0, 1, 1, 3, 3]] }),
      [5, 2],
      [[0, 0, 1, 1, 3, 3]],
    ],
    ["no sequence at all", floats("words", [], { lod: [[0]] }), [0, 0], [[0]]],
    ["one sequence without lod", floats("words", [1, 2, 3]), [1, 3], [[0, 3]]],
    [
      "rows of several axes",
      floats("words", [1, 2, 3, 4, 5, 6], { shape: [3, 2, 1], lod: [[0, 1, 3]] }),
      [2, 2, 2, 1],
      [[0, 1, 3]],
    ],
  ];
  for (const [what, words, padded, lod] of cases) {
    test(`pad ${what} for it and take the padding off again`, async () => {
      const model = addHundred(true);
      const values = [...words.data].map((value) => Number(value) + 100);
      assert.deepEqual(
        await roundTrip(words, model),
        floats("out", values, { aliasName: "tags", shape: words.shape, ...(lod && { lod }) }),
      );
      assert.deepEqual(model.runs[0]?.get("words")?.shape, padded);
      assert.equal(model.runs[0]?.get("words")?.lod, undefined);
    });
  }

  const words = floats("words", [1, 2, 3], { lod: [[0, 1, 3]] });

  test("leave an output that conf does not call a LoD tensor as the model gave it", async () => {
    const dense = floats("out", [101, 100, 102, 103], { aliasName: "tags", shape: [2, 2] });
    assert.deepEqual(await roundTrip(words, addHundred(false)), dense);
  });

  test("leave an output of another length as the model gave it", async () => {
    const scores = floats("", [1, 2, 3, 4, 5, 6], { shape: [2, 3] });
    const model: FakeModel = { ...addHundred(true), run: () => new Map([["out", scores]]) };
    assert.deepEqual(await roundTrip(words, model), { ...scores, name: "out", aliasName: "tags" });
  });

  test("leave what an Op put in the place of a padded tensor", async () => {
    const sums = floats("words", [1, 5], { shape: [2, 1] });
    const replace = opOf("ReplaceOp", (op) => {
      const { sequences } = op.dependArgument("read");
      op.output = new GeneralBlob(new Map([["words", sums]]), { sequences });
    });
    const response: GeneralResponse = await runGeneral({
      nodes: {
        read: ["GeneralTextReaderOp"],
        replace: ["ReplaceOp", "read"],
        answer: ["GeneralTextResponseOp", "replace"],
      },
      ops: [replace],
      request: requestOf([words]),
    });
    assert.deepEqual(response.outputs[0]?.tensors, [{ ...sums, aliasName: "words" }]);
  });

  test("give back what was read when no model stands between", async () => {
    const response: GeneralResponse = await runGeneral({
      nodes: { read: ["GeneralTextReaderOp"], answer: ["GeneralTextResponseOp", "read"] },
      request: requestOf([words]),
    });
    assert.deepEqual(response.outputs[0]?.tensors, [{ ...words, aliasName: "words" }]);
  });
});
