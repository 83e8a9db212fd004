import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, GeneralBlob, type TensorMap } from "@paddlewheel/core";
import { opOf } from "@paddlewheel/core/testing";
import { type FakeModel, modelVar } from "./testing/fake-infer-manager.js";
import { floats, type GeneralRun, requestOf, runGeneral } from "./testing/general-workflow.js";

const feedVars = [modelVar("a", { aliasName: "left" }), modelVar("b", { aliasName: "right" })];
const nodes = { read: ["GeneralReaderOp"], pair: ["GeneralInferOp", "read"] } as const;

/** A model of two feeds that gives its first one, and keeps what it was run with. */
function pairModel(): FakeModel & { readonly runs: TensorMap[] } {
  const runs: TensorMap[] = [];
  const run = (inputs: TensorMap): TensorMap => {
    runs.push(inputs);
    return new Map([["out", inputs.get("a") ?? floats("", [])]]);
  };
  return { feedVars, fetchVars: [modelVar("out", { aliasName: "score" })], run, runs };
}

/** Runs one model, called `pair` as its node, and gives its inputs by name. */
async function inputsOf(
  run: Pick<GeneralRun, "request"> & Partial<GeneralRun>,
): Promise<[string, number[]][]> {
  const pair = pairModel();
  await runGeneral({ nodes, models: { pair }, ...run });
  const [inputs = new Map()] = pair.runs;
  return [...inputs].map(([name, { data }]) => [name, [...data].map(Number)]);
}

describe("GeneralInferOp, binding tensors to the feeds of its model", () => {
  const wanted = [
    ["a", [1]],
    ["b", [2]],
  ];

  test("finds them by the model's own names", async () => {
    assert.deepEqual(await inputsOf({ request: requestOf([floats("a", [1]), floats("b", [2])]) }), wanted);
  });

  test("finds them by alias, and gives them in the model's order", async () => {
    const request = requestOf([floats("right", [2]), floats("left", [1])]);
    assert.deepEqual(await inputsOf({ request }), wanted);
  });

  test("takes names and aliases side by side", async () => {
    assert.deepEqual(await inputsOf({ request: requestOf([floats("left", [1]), floats("b", [2])]) }), wanted);
  });

  test("leaves a missing one for the engine to refuse", async () => {
    assert.deepEqual(await inputsOf({ request: requestOf([floats("left", [1])]) }), [["a", [1]]]);
  });

  const refused = [
    ["one the model does not know", [floats("a", [1]), floats("c", [1])], "c"],
    ["one given by name and by alias", [floats("a", [1]), floats("b", [1]), floats("left", [1])], "left"],
  ] as const;
  for (const [what, tensors, name] of refused) {
    test(`refuses ${what}`, async () => {
      await assert.rejects(inputsOf({ request: requestOf(tensors) }), {
        code: Code.invalidArgument,
        message: `tensor "${name}": the model of engine "pair" has no feed of that name, it has "a", "b"`,
      });
    });
  }
});

describe("GeneralInferOp after several nodes", () => {
  const request = requestOf([floats("x", [1])]);
  const give = (type: string, name: string, value: number) =>
    opOf(type, (op) => {
      op.output = new GeneralBlob(new Map([[name, floats(name, [value])]]));
    });
  const after = { one: ["One"], two: ["Two"], pair: ["GeneralInferOp", "two", "one"] } as const;

  test("merges what they give", async () => {
    const ops = [give("One", "a", 1), give("Two", "right", 2)];
    assert.deepEqual(await inputsOf({ nodes: after, ops, request }), [
      ["a", [1]],
      ["b", [2]],
    ]);
  });

  test("refuses a tensor that two of them give", async () => {
    const ops = [give("One", "a", 1), give("Two", "a", 2)];
    const message = 'tensor "a": given by more than one dependency';
    await assert.rejects(inputsOf({ nodes: after, ops, request }), { code: Code.invalidArgument, message });
  });

  test("leaves outputs of a model before it that it does not want", async () => {
    const first: FakeModel = {
      feedVars: [modelVar("x")],
      fetchVars: [modelVar("a"), modelVar("b"), modelVar("more")],
      run: () => new Map(["more", "b", "a"].map((name, i) => [name, floats(name, [i])])),
    };
    const pair = pairModel();
    const chain = {
      read: ["GeneralReaderOp"],
      first: ["GeneralInferOp", "read"],
      pair: ["GeneralInferOp", "first"],
    } as const;
    await runGeneral({ nodes: chain, models: { first, pair }, request });
    assert.deepEqual([...(pair.runs[0]?.keys() ?? [])], ["a", "b"]);
  });
});

describe("GeneralInferOp, giving the outputs of its model", () => {
  const tensors = [floats("a", [1]), floats("b", [2])];

  test("adds their aliases", async () => {
    const blob: GeneralBlob = await runGeneral({
      nodes,
      models: { pair: pairModel() },
      request: requestOf(tensors),
    });
    assert.deepEqual([...blob.tensors.keys()], ["out"]);
    assert.equal(blob.vars?.[0]?.aliasName, "score");
  });

  test("stamps after those before it, only when the request is profiled", async () => {
    const stamps = async (profileServer: boolean) => {
      const request = requestOf(tensors, { profileServer });
      return (await runGeneral<GeneralBlob>({ nodes, models: { pair: pairModel() }, request })).timeStamps;
    };
    assert.deepEqual(await stamps(true), [0, 1, 2, 3]);
    assert.deepEqual(await stamps(false), []);
  });

  test("fails as its engine fails", async () => {
    await assert.rejects(runGeneral({ nodes, request: requestOf(tensors) }), {
      code: Code.notFound,
      message: 'no engine named "pair"',
    });
  });
});

describe("GeneralInferOp with ragged tensors", () => {
  const lod = [[0, 1, 3]];
  const words = floats("words", [1, 2, 3], { lod });
  const outputs = new Map([
    ["perWord", floats("", [1, 2, 3])],
    ["perText", floats("", [1, 2])],
    ["dense", floats("", [1, 2, 3])],
  ]);
  const fetchVars = [
    modelVar("perWord", { isLodTensor: true }),
    modelVar("perText", { isLodTensor: true }),
    modelVar("dense"),
  ];
  const model: FakeModel = { feedVars: [modelVar("words")], fetchVars, run: () => outputs };

  test("gives a LoD output the lod of an input with as many rows", async () => {
    const blob: GeneralBlob = await runGeneral({
      nodes: { read: ["GeneralReaderOp"], model: ["GeneralInferOp", "read"] },
      models: { model },
      request: requestOf([words]),
    });
    assert.deepEqual(
      [...blob.tensors].map(([name, tensor]) => [name, tensor.lod]),
      [
        ["perWord", lod],
        ["perText", undefined],
        ["dense", undefined],
      ],
    );
    assert.equal(blob.sequences.size, 0);
    assert.equal(outputs.get("perWord")?.lod, undefined, "the engine's own tensor stays as it is");
  });

  test("passes the sequences on to LoD outputs that are padded as an input is", async () => {
    const padded = new Map([
      ["perWord", floats("", [1, 0, 2, 3], { shape: [2, 2] })],
      ["perText", floats("", [1, 2, 3, 4, 5, 6], { shape: [2, 3] })],
      ["dense", floats("", [1, 0, 2, 3], { shape: [2, 2] })],
    ]);
    const blob: GeneralBlob = await runGeneral({
      nodes: { read: ["GeneralTextReaderOp"], model: ["GeneralInferOp", "read"] },
      models: { model: { ...model, run: () => padded } },
      request: requestOf([words]),
    });
    assert.deepEqual(blob.sequences, new Map([["perWord", [0, 1, 3]]]));
    assert.equal(blob.tensor("perWord").lod, undefined);
  });
});
