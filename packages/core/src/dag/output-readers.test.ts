import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call } from "../call.js";
import type { Channel } from "../op/channel.js";
import type { Op } from "../op/op.js";
import { createDeferred } from "../testing/deferred.js";
import type { Inference } from "../testing/op-of.js";
import { openWorkflow } from "../testing/open-workflow.js";
import type { NodeTrace } from "./dag-recorder.js";
import { type NodeConf, WorkflowType } from "./workflow-conf.js";

/** Runs a workflow and tells, for each node as it starts, whose outputs are held. */
async function heldAt(
  nodes: Record<string, string[]>,
  options: {
    conf?: Record<string, Partial<NodeConf>>;
    inference?: Record<string, Inference>;
    trace?: NodeTrace[];
  } = {},
): Promise<Record<string, string>> {
  const channels = new Map<string, Channel>();
  const held: Record<string, string> = {};
  const note =
    (inference: Inference): Inference =>
    (op) => {
      channels.set(op.name, op.channel);
      held[op.name] = [...channels].flatMap(([name, { isAbsent }]) => (isAbsent ? [] : [name])).join(" ");
      op.output = op.name;
      return inference(op);
    };
  const inference = Object.fromEntries(
    Object.keys(nodes).map((name) => [name, note(options.inference?.[name] ?? (() => 0))]),
  );
  const pool = openWorkflow({ nodes, inference, conf: options.conf ?? {} });
  await pool.run({ request: {}, call: new Call({ service: "s", method: "m" }), trace: options.trace });
  assert.ok(
    [...channels.values()].every(({ isAbsent }) => isAbsent),
    "at the end nothing is held",
  );
  return held;
}

describe("the output of a node", () => {
  test("is held until its last reader has ended, and one that nobody reads not at all", async () => {
    assert.deepEqual(await heldAt({ a: [], b: ["a"], unread: ["a"], c: ["b"], d: ["b", "c"], e: ["d"] }), {
      a: "",
      b: "a",
      unread: "a b",
      c: "b",
      d: "b c",
      e: "d",
    });
  });

  test("is held for a fallback that may have to read it, and no longer when it is not needed", async () => {
    const nodes = { a: [], main: ["a"], standby: ["a"], b: ["main"], c: ["b"] };
    const conf = { main: { fallback: "standby" } };
    assert.deepEqual(await heldAt(nodes, { conf }), { a: "", main: "a", b: "main", c: "b" });
    assert.deepEqual(await heldAt(nodes, { conf, inference: { main: () => -1 } }), {
      a: "",
      main: "a",
      standby: "a",
      b: "main",
      c: "b",
    });
  });

  test("is no longer held for a node that is skipped", async () => {
    const nodes = { a: [], b: ["a"], c: ["b"], d: ["c"] };
    assert.deepEqual(await heldAt(nodes, { conf: { b: { when: "a == 'other'" } } }), {
      a: "",
      c: "",
      d: "c",
    });
  });

  test("is not held by the Op of an attempt that has succeeded, nor are its inputs", async () => {
    const pool = openWorkflow({
      nodes: { a: [], b: ["a"], c: ["b"] },
      conf: { b: { retries: 1 } },
      inference: {
        b: (op) => {
          attempt = op;
          op.output = "b";
        },
        c: (op) => {
          assert.deepEqual([attempt?.channel.isAbsent, attempt?.hasDependArgument("a")], [true, false]);
          op.output = op.dependArgument<unknown>("b");
        },
      },
    });
    let attempt: Op | undefined;
    assert.equal(pool.run({ request: {}, call: new Call({ service: "s", method: "m" }) }), "b");
  });

  test("stays in the trace, which shows it after the request", async () => {
    const trace: NodeTrace[] = [];
    await heldAt({ a: [], b: ["a"], c: ["b"] }, { trace });
    assert.deepEqual(
      trace.map(({ output }) => output),
      ["a", "b", "c"],
    );
  });

  test("is held in a Parallel workflow until the slower of two readers has ended", async () => {
    const end = createDeferred();
    let source: Channel | undefined;
    const pool = openWorkflow({
      type: WorkflowType.parallel,
      nodes: { a: [], fast: ["a"], slow: ["a"], afterFast: ["fast"], last: ["afterFast", "slow"] },
      inference: {
        a: (op) => {
          source = op.channel;
          op.output = "a";
        },
        slow: async (op) => {
          await end.promise;
          op.output = op.dependArgument<unknown>("a");
        },
        afterFast: (op) => {
          assert.equal(source?.isAbsent, false);
          op.output = "after";
        },
        last: (op) => {
          assert.equal(source?.isAbsent, true);
          op.output = op.dependArgument<unknown>("slow");
        },
      },
    });
    const answer = pool.run({ request: {}, call: new Call({ service: "s", method: "m" }) });
    end.resolve();
    assert.equal(await answer, "a");
  });
});
