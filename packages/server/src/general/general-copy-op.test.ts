import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, GeneralBlob, OpWithChannel, type TensorData } from "@paddlewheel/core";
import type { GeneralTensor } from "@paddlewheel/wire";
import { modelVar } from "./testing/fake-infer-manager.js";
import { floats, requestOf, runGeneral } from "./testing/general-workflow.js";

const given: readonly GeneralTensor[] = [
  floats("floats", [1, 2], { lod: [[0, 1, 2]] }),
  { name: "texts", aliasName: "", dtype: "string", shape: [2], data: ["a", "b"] },
  { name: "bytes", aliasName: "", dtype: "uint8", shape: [2], data: Buffer.of(1, 2) },
];

/** Gives the source and its copy, for a look at both. */
class BothOp extends OpWithChannel<readonly Readonly<GeneralBlob>[]> {
  static readonly type: string = "BothOp";

  inference(): void {
    this.output = this.preNames.map((name) => this.dependArgument(name));
  }
}

class SourceOp extends OpWithChannel<GeneralBlob> {
  static readonly type: string = "SourceOp";

  inference(): void {
    const tensors = new Map(given.map(({ name, aliasName, ...tensor }) => [name, tensor]));
    const sequences = new Map([["floats", [0, 1, 2]]]);
    this.output = new GeneralBlob(tensors, { timeStamps: [7, 8], vars: [modelVar("floats")], sequences });
  }
}

function copy(profileServer: boolean): Promise<readonly GeneralBlob[]> {
  return runGeneral({
    nodes: { source: ["SourceOp"], copy: ["GeneralCopyOp", "source"], both: ["BothOp", "source", "copy"] },
    ops: [SourceOp, BothOp],
    request: requestOf([], { profileServer }),
  });
}

describe("GeneralCopyOp", () => {
  test("copies tensors of every kind, so that a change of one does not show in the other", async () => {
    const [source, made] = await copy(false);
    assert.deepEqual([...(made?.tensors.keys() ?? [])], ["floats", "texts", "bytes"]);
    for (const { name, data, dtype, shape } of given) {
      const own = made?.tensor(name);
      assert.deepEqual([own?.dtype, own?.shape, plain(own?.data)], [dtype, shape, plain(data)]);
      assert.notEqual(own?.data, source?.tensor(name).data);
      if (!ArrayBuffer.isView(own?.data)) continue;
      own.data[0] = 9 as never;
      assert.equal(source?.tensor(name).data[0], 1);
    }
  });

  test("keeps lod, aliases and sequences", async () => {
    const [source, made] = await copy(false);
    assert.deepEqual(made?.tensor("floats").lod, [[0, 1, 2]]);
    assert.equal(made?.vars, source?.vars);
    assert.deepEqual(made?.sequences, new Map([["floats", [0, 1, 2]]]));
  });

  test("stamps after those before it, only when the request is profiled", async () => {
    assert.deepEqual((await copy(true))[1]?.timeStamps, [7, 8, 0, 1]);
    assert.deepEqual((await copy(false))[1]?.timeStamps, []);
  });

  test("refuses any number of dependencies but one", async () => {
    const run = (nodes: Parameters<typeof runGeneral>[0]["nodes"]) =>
      runGeneral({ nodes, ops: [SourceOp], request: requestOf([]) });
    const refusal = (count: number) => ({
      code: Code.opFailure,
      message: `op "copy" copies exactly one dependency, it has ${count}`,
    });
    await assert.rejects(run({ copy: ["GeneralCopyOp"] }), refusal(0));
    const two = { one: ["SourceOp"], two: ["SourceOp"], copy: ["GeneralCopyOp", "one", "two"] } as const;
    await assert.rejects(run(two), refusal(2));
  });
});

function plain(data: TensorData | undefined): unknown[] {
  return [...(data ?? [])];
}
