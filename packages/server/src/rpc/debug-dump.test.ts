import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call, GeneralBlob, type NodeTrace, type Tensor } from "@paddlewheel/core";
import { createWorkflow } from "../general/testing/general-workflow.js";
import { debugDump } from "./debug-dump.js";

const call = new Call({ service: "s", method: "debug", logId: 2n ** 64n - 1n, requestId: 'r"1' });
const workflow = createWorkflow({
  nodes: { read: ["GeneralReaderOp"], answer: ["GeneralResponseOp", "read"] },
});

/** The dump of one request, parsed, in which the nodes gave these outputs. */
function dumpOf(outputs: readonly unknown[]): { ops: { debug_str: string }[] } & Record<string, unknown> {
  const nodes = workflow.plan.nodes.slice(0, outputs.length).map((node, i): NodeTrace => {
    return { node, startMs: i + 0.0004, durationMs: 1.5, output: outputs[i] };
  });
  return JSON.parse(debugDump({ workflows: [{ name: "w", nodes }] }, call, '{"err_no":0}'));
}

function blobOf(tensors: Readonly<Record<string, Tensor>>): GeneralBlob {
  return new GeneralBlob(new Map(Object.entries(tensors)));
}

describe("debugDump", () => {
  test("tells who did what and when, around the response", () => {
    const base = { workflow: "w", time_us: 1500, debug_str: "no output" };
    assert.deepEqual(dumpOf([undefined, undefined]), {
      log_id: "18446744073709551615",
      request_id: 'r"1',
      ops: [
        { ...base, stage: 0, op_name: "read", op_type: "GeneralReaderOp", start_us: 0 },
        { ...base, stage: 1, op_name: "answer", op_type: "GeneralResponseOp", start_us: 1000 },
      ],
      response: { err_no: 0 },
    });
  });

  test("is valid JSON when no node ran", () => {
    assert.deepEqual(dumpOf([]).ops, []);
  });

  const sketches: readonly (readonly [what: string, output: unknown, sketch: string])[] = [
    [
      "tensors by name, type, shape and elements",
      blobOf({
        x: { dtype: "float32", shape: [1, 2], data: Float32Array.of(0.5, Number.NaN) },
        ids: { dtype: "int64", shape: [1], data: BigInt64Array.of(-(2n ** 63n)) },
      }),
      "x: float32 [1, 2] = 0.5, NaN; ids: int64 [1] = -9223372036854775808",
    ],
    [
      "strings with quotes and line breaks in them",
      blobOf({ 's"': { dtype: "string", shape: [1], data: ['a"\n'] } }),
      's": string [1] = a"\n',
    ],
    [
      "the first elements of a long tensor and how many follow",
      blobOf({ x: { dtype: "uint8", shape: [20], data: new Uint8Array(20) } }),
      `x: uint8 [20] = ${new Array(16).fill(0).join(", ")}, … 4 more`,
    ],
    ["the fields of a message", { outputs: [], errNo: 0 }, "outputs, errNo"],
    ["a plain value", 7, "7"],
    ["null", null, ""],
  ];
  for (const [what, output, sketch] of sketches) {
    test(`shows ${what}`, () => {
      assert.equal(dumpOf([output]).ops[0]?.debug_str, sketch);
    });
  }
});
