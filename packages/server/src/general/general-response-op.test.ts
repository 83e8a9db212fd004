import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, type GeneralBlob, OpWithChannel, type Tensor } from "@paddlewheel/core";
import type { GeneralRequest, GeneralResponse } from "@paddlewheel/wire";
import { type FakeModel, modelVar } from "./testing/fake-infer-manager.js";
import { floats, type GeneralRun, type Nodes, requestOf, runGeneral } from "./testing/general-workflow.js";

/** A model that gives these tensors whatever it gets. */
function giving(outputs: Readonly<Record<string, Tensor>>, fetchVars: FakeModel["fetchVars"]): FakeModel {
  return { feedVars: [modelVar("x")], fetchVars, run: () => new Map(Object.entries(outputs)) };
}

const priced = giving({ "fc.tmp_1": floats("", [1]), "fc.tmp_2": floats("", [2]) }, [
  modelVar("fc.tmp_1", { aliasName: "price" }),
  modelVar("fc.tmp_2", { aliasName: "rank" }),
]);

const oneModel: Nodes = {
  read: ["GeneralReaderOp"],
  model: ["GeneralInferOp", "read"],
  answer: ["GeneralResponseOp", "model"],
};

function respond(request: Partial<GeneralRequest>, run: Partial<GeneralRun> = {}): Promise<GeneralResponse> {
  return runGeneral({
    nodes: oneModel,
    models: { model: priced },
    request: requestOf([floats("x", [1])], request),
    ...run,
  });
}

/** Aliases of each output's tensors, by engine. */
function aliases({ outputs }: GeneralResponse): [string, string[]][] {
  return outputs.map(({ engineName, tensors }) => [engineName, tensors.map(({ aliasName }) => aliasName)]);
}

class AbsentOp extends OpWithChannel<GeneralBlob> {
  static readonly type: string = "AbsentOp";

  inference(): void {}
}

describe("GeneralResponseOp, behind nodes without an output", () => {
  test("leaves them out", async () => {
    const nodes: Nodes = {
      ...oneModel,
      absent: ["AbsentOp"],
      answer: ["GeneralResponseOp", "absent", "model"],
    };
    assert.deepEqual(aliases(await respond({}, { nodes, ops: [AbsentOp] })), [["model", ["price", "rank"]]]);
  });

  test("fails when there are no others", async () => {
    const nodes: Nodes = { absent: ["AbsentOp"], answer: ["GeneralResponseOp", "absent"] };
    await assert.rejects(respond({}, { nodes, models: {}, ops: [AbsentOp] }), {
      code: Code.opFailure,
      message: 'op "answer" has nothing to respond with: none of "absent" gave an output',
    });
  });
});

describe("GeneralResponseOp, asked for outputs", () => {
  test("gives all of them in the model's order when none is asked for", async () => {
    const { outputs } = await respond({});
    assert.deepEqual(outputs, [
      {
        engineName: "model",
        tensors: [
          floats("fc.tmp_1", [1], { aliasName: "price" }),
          floats("fc.tmp_2", [2], { aliasName: "rank" }),
        ],
      },
    ]);
  });

  const fetches: readonly (readonly [what: string, fetch: string[], given: string[]])[] = [
    ["in the order asked", ["rank", "price"], ["rank", "price"]],
    ["one of them alone", ["rank"], ["rank"]],
    ["by the model's own name", ["fc.tmp_2", "price"], ["rank", "price"]],
    ["twice what is asked twice", ["price", "rank", "price"], ["price", "rank", "price"]],
  ];
  for (const [what, fetchVarNames, given] of fetches) {
    test(`gives them ${what}`, async () => {
      assert.deepEqual(aliases(await respond({ fetchVarNames })), [["model", given]]);
    });
  }

  test("refuses a name nobody gives, and tells those there are", async () => {
    await assert.rejects(respond({ fetchVarNames: ["price", "prize"] }), {
      code: Code.invalidArgument,
      message: 'fetch_var_names[1]: no output named "prize", there is "price", "rank"',
    });
  });

  test("takes an alias before another variable's own name", async () => {
    const crossed = giving({ a: floats("", [1]), b: floats("", [2]) }, [
      modelVar("a", { aliasName: "b" }),
      modelVar("b", { aliasName: "a" }),
    ]);
    const { outputs } = await respond({ fetchVarNames: ["a"] }, { models: { model: crossed } });
    assert.deepEqual(outputs[0]?.tensors, [floats("b", [2], { aliasName: "a" })]);
  });

  test("gives a request's own tensors when no model stands between", async () => {
    const nodes = { read: ["GeneralReaderOp"], answer: ["GeneralResponseOp", "read"] } as const;
    const { outputs } = await respond({}, { nodes });
    assert.deepEqual(outputs, [{ engineName: "read", tensors: [floats("x", [1], { aliasName: "x" })] }]);
  });
});

const twoModels: Nodes = {
  read: ["GeneralReaderOp"],
  left: ["GeneralInferOp", "read"],
  right: ["GeneralInferOp", "read"],
  answer: ["GeneralResponseOp", "right", "left"],
};
const other = giving({ y: floats("", [3]) }, [modelVar("y")]);

describe("GeneralResponseOp after several nodes", () => {
  const models = { left: priced, right: other };

  test("gives one output per node, under its name, in the order of conf", async () => {
    assert.deepEqual(aliases(await respond({}, { nodes: twoModels, models })), [
      ["right", ["y"]],
      ["left", ["price", "rank"]],
    ]);
  });

  test("gives each node's share of what is asked for", async () => {
    const response = await respond({ fetchVarNames: ["rank", "y"] }, { nodes: twoModels, models });
    assert.deepEqual(aliases(response), [
      ["right", ["y"]],
      ["left", ["rank"]],
    ]);
  });

  test("tells the outputs of all nodes when it refuses a name", async () => {
    await assert.rejects(respond({ fetchVarNames: ["z"] }, { nodes: twoModels, models }), {
      message: 'fetch_var_names[0]: no output named "z", there is "y", "price", "rank"',
    });
  });
});

describe("GeneralResponseOp, asked for a profile", () => {
  test("gives the stamps of every node before it and its own", async () => {
    const { profileTime, profileServer } = await respond({ profileServer: true });
    assert.deepEqual(profileTime, [0, 1, 2, 3, 4, 5]);
    assert.equal(profileServer, true);
  });

  test("gives all stamps of the first node, the last pair of each other, and its own", async () => {
    const models = { left: priced, right: other };
    const { profileTime } = await respond({ profileServer: true }, { nodes: twoModels, models });
    const [reader, left, right, own] = [
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
    ] as const;
    assert.deepEqual(profileTime, [...reader, ...right, ...left, ...own]);
  });

  test("gives none when it is not asked", async () => {
    const { profileTime, profileServer } = await respond({});
    assert.deepEqual([profileTime, profileServer], [[], false]);
  });
});

describe("GeneralResponseOp with ragged outputs", () => {
  const rows = [1, 2, 3];

  async function lodOf(lod: number[][], isLodTensor: boolean): Promise<Tensor["lod"]> {
    const model = giving({ y: floats("", rows, { lod }) }, [modelVar("y", { isLodTensor })]);
    const { outputs } = await respond({}, { models: { model } });
    return outputs[0]?.tensors[0]?.lod;
  }

  test("gives their lod when conf calls them LoD tensors", async () => {
    assert.deepEqual(await lodOf([[0, 1, 3]], true), [[0, 1, 3]]);
    assert.equal(await lodOf([[0, 1, 3]], false), undefined);
    assert.equal(await lodOf([], true), undefined);
  });

  test("gives of several levels the outermost alone, in rows", async () => {
    const lod = [
      [0, 1, 3],
      [0, 2, 2, 3],
    ];
    assert.deepEqual(await lodOf(lod, true), [[0, 2, 3]]);
  });
});

describe("GeneralResponseOp", () => {
  test("says the log id of the call, and success", async () => {
    const { logId, errNo, errMsg } = await respond({ logId: 7n }, { logId: 2n ** 64n - 1n });
    assert.deepEqual([logId, errNo, errMsg], [2n ** 64n - 1n, 0, ""]);
  });
});
