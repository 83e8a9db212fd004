import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import { onlyDependency } from "./only-dependency.js";

const op = { name: "classify", type: "ClassifyOp" };

describe("onlyDependency", () => {
  test("is the one node an Op reads, beside the request", () => {
    assert.equal(onlyDependency({ ...op, preNames: ["read"] }), "read");
    assert.equal(onlyDependency({ ...op, preNames: ["startup_op", "read"] }), "read");
  });

  for (const [preNames, count] of [
    [[], 0],
    [["startup_op"], 0],
    [["a", "startup_op", "b"], 2],
  ] as const) {
    test(`is refused when the node has ${JSON.stringify(preNames)}`, () => {
      assert.throws(() => onlyDependency({ ...op, preNames }), {
        code: Code.opFailure,
        message: `op "classify" (ClassifyOp) reads exactly one node, conf gives it ${count}`,
      });
    });
  }
});
