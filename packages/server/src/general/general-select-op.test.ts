import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, GeneralBlob, OpWithChannel } from "@paddlewheel/core";
import { modelVar } from "./testing/fake-infer-manager.js";
import { floats, requestOf, runGeneral } from "./testing/general-workflow.js";

/** Gives one tensor, named after its node. */
class SourceOp extends OpWithChannel<GeneralBlob> {
  static readonly type: string = "SourceOp";

  inference(): void {
    const { dtype, shape, data } = floats(this.name, [1, 2]);
    this.output = new GeneralBlob(new Map([[this.name, { dtype, shape, data }]]), {
      timeStamps: [7, 8],
      vars: [modelVar(this.name)],
      sequences: new Map([[this.name, [0, 2]]]),
    });
  }
}

/** Gives nothing, as a node whose condition does not hold. */
class AbsentOp extends OpWithChannel<GeneralBlob> {
  static readonly type: string = "AbsentOp";

  inference(): void {}
}

/** Gives what its dependencies gave, for a look at all of them. */
class LookOp extends OpWithChannel<readonly Readonly<GeneralBlob>[]> {
  static readonly type: string = "LookOp";

  inference(): void {
    this.output = this.preNames.map((name) => this.dependArgument(name));
  }
}

type Nodes = Parameters<typeof runGeneral>[0]["nodes"];

function run<T>(nodes: Nodes, profileServer = false): Promise<T> {
  const ops = [SourceOp, AbsentOp, LookOp];
  return runGeneral<T>({ nodes, ops, request: requestOf([], { profileServer }) });
}

describe("GeneralSelectOp", () => {
  test("gives what the first dependency gave, in the order of conf", async () => {
    const select = ["GeneralSelectOp", "b", "a"] as const;
    const chosen = await run<GeneralBlob>({ a: ["SourceOp"], b: ["SourceOp"], select });
    assert.deepEqual([...chosen.tensors.keys()], ["b"]);
    assert.deepEqual(chosen.vars, [modelVar("b")]);
    assert.deepEqual(chosen.sequences, new Map([["b", [0, 2]]]));
  });

  test("passes over dependencies without an output", async () => {
    const select = ["GeneralSelectOp", "absent", "a"] as const;
    const chosen = await run<GeneralBlob>({ a: ["SourceOp"], absent: ["AbsentOp"], select });
    assert.deepEqual([...chosen.tensors.keys()], ["a"]);
  });

  test("refuses a request for which none gave an output", async () => {
    const select = ["GeneralSelectOp", "absent", "none"] as const;
    await assert.rejects(run({ absent: ["AbsentOp"], none: ["AbsentOp"], select }), {
      code: Code.opFailure,
      message: 'op "select" has no dependency that gave an output, it selects among "absent", "none"',
    });
  });

  test("refuses to select among nothing", async () => {
    await assert.rejects(run({ select: ["GeneralSelectOp"] }), {
      code: Code.opFailure,
      message: 'op "select" has no dependency that gave an output, it selects among none',
    });
  });

  test("shares tensors with who else reads them, and not the map of them", async () => {
    const [source, chosen] = await run<readonly GeneralBlob[]>({
      a: ["SourceOp"],
      select: ["GeneralSelectOp", "a"],
      look: ["LookOp", "a", "select"],
    });
    assert.equal(chosen?.tensor("a"), source?.tensor("a"));
    assert.notEqual(chosen?.tensors, source?.tensors);
  });

  test("stamps after those of what it chose, only when the request is profiled", async () => {
    const nodes: Nodes = { a: ["SourceOp"], select: ["GeneralSelectOp", "a"] };
    assert.deepEqual((await run<GeneralBlob>(nodes, true)).timeStamps, [7, 8, 0, 1]);
    assert.deepEqual((await run<GeneralBlob>(nodes)).timeStamps, []);
  });
});
