import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, type GeneralBlob } from "@paddlewheel/core";
import type { GeneralRequest } from "@paddlewheel/wire";
import { floats, requestOf, runGeneral } from "./testing/general-workflow.js";

const nodes = { read: ["GeneralReaderOp"] } as const;

function read(request: GeneralRequest): Promise<GeneralBlob> {
  return runGeneral({ nodes, request });
}

describe("GeneralReaderOp", () => {
  test("takes tensors by name, in the order of the request, without copying them", async () => {
    const tensors = [floats("b", [1]), floats("a", [2], { aliasName: "b" })];
    const blob = await read(requestOf(tensors));
    assert.deepEqual([...blob.tensors.keys()], ["b", "a"]);
    assert.equal(blob.tensor("b").data, tensors[0]?.data);
    assert.equal(blob.vars, undefined);
    assert.equal(blob.sequences.size, 0);
  });

  test("takes a tensor without a name by its alias", async () => {
    const blob = await read(requestOf([floats("", [1], { aliasName: "price" })]));
    assert.deepEqual([...blob.tensors.keys()], ["price"]);
  });

  test("stamps its start and end only when the request is profiled", async () => {
    const tensors = [floats("x", [1])];
    assert.deepEqual((await read(requestOf(tensors))).timeStamps, []);
    assert.deepEqual((await read(requestOf(tensors, { profileServer: true }))).timeStamps, [0, 1]);
  });

  const x = floats("x", [1]);
  const refused = [
    ["no tensor", [], "tensor: the request has none, at least one is needed"],
    ["a nameless tensor", [x, floats("", [1])], "tensor[1]: has neither name nor alias_name"],
    ["a name twice", [x, floats("y", [1]), x], 'tensor[2]: "x" is given twice'],
    ["a name and an equal alias", [x, { ...x, name: "", aliasName: "x" }], 'tensor[1]: "x" is given twice'],
  ] as const;
  for (const [what, tensors, message] of refused) {
    test(`refuses ${what}`, async () => {
      await assert.rejects(read(requestOf(tensors)), { code: Code.invalidArgument, message });
    });
  }
});
