import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { Call } from "../call.js";
import { Later } from "../later.js";
import { createDeferred, type Deferred } from "../testing/deferred.js";
import type { Inference } from "../testing/op-of.js";
import { openWorkflow } from "../testing/open-workflow.js";
import { WorkflowType } from "./workflow-conf.js";

/** A running workflow whose Ops end when the test says so. */
function runByHand(type: WorkflowType, nodes: Record<string, string[]>, call: Call = createCall()) {
  const started: string[] = [];
  const calls: Call[] = [];
  const ends = new Map<string, Deferred<void>>();
  const inference: Inference = async (op) => {
    started.push(op.name);
    calls.push(op.call);
    const end = createDeferred();
    ends.set(op.name, end);
    await end.promise;
    op.output = op.name;
  };
  const all = Object.fromEntries(Object.keys(nodes).map((name) => [name, inference]));
  const answer = openWorkflow({ type, nodes, inference: all }).run({ request: {}, call });
  return {
    answer,
    started,
    /** What Ops hear when somebody stops their work. */
    stopReason: (): string | undefined => calls[0]?.stopReason?.message,
    end: async (name: string): Promise<void> => {
      ends.get(name)?.resolve();
      await setImmediate();
    },
    fail: async (name: string, error: Error): Promise<void> => {
      ends.get(name)?.reject(error);
      await setImmediate();
    },
  };
}

function createCall(): Call {
  return new Call({ service: "s", method: "inference" });
}

/** Two chains that meet: a1 → a2 → last ← b2 ← b1. */
const twoChains = { a1: [], b1: [], a2: ["a1"], b2: ["b1"], last: ["a2", "b2"] };

describe("a Sequence workflow", () => {
  test("of synchronous Ops answers at once, without a promise", () => {
    const names = ["a", "b", "c"];
    const order: string[] = [];
    const note: Inference = (op) => {
      order.push(op.name);
      op.output = order.join();
    };
    const pool = openWorkflow({
      nodes: { a: [], b: ["a"], c: ["b"] },
      inference: Object.fromEntries(names.map((name) => [name, note])),
    });
    assert.equal(pool.run({ request: {}, call: createCall() }), "a,b,c");
  });

  test("starts a node when the one before has ended, stage by stage", async () => {
    const { answer, started, end } = runByHand(WorkflowType.sequence, twoChains);
    const order = ["a1", "b1", "a2", "b2", "last"];
    for (const [index, name] of order.entries()) {
      assert.deepEqual(started, order.slice(0, index + 1));
      await end(name);
    }
    assert.equal(await answer, "last");
  });

  test("answers later when any Op is asynchronous, with synchronous ones before and after", async () => {
    const pool = openWorkflow({
      nodes: { a: [], b: ["a"], c: ["b"] },
      inference: {
        b: async (op) => {
          op.output = `${op.dependArgument("a")} b`;
        },
        c: (op) => {
          op.output = `${op.dependArgument("b")} c`;
        },
      },
    });
    const answer = pool.run({ request: {}, call: createCall() });
    assert.ok(answer instanceof Later);
    assert.equal(await answer, "a b c");
  });

  test("starts nothing after a node that failed", async () => {
    const { answer, started, fail } = runByHand(WorkflowType.sequence, twoChains);
    const failed = assert.rejects(async () => await answer, {
      details: { service: "s", workflow: "w", node: "a1" },
    });
    await fail("a1", new Error("broken"));
    await failed;
    assert.deepEqual(started, ["a1"]);
  });
});

describe("a Parallel workflow", () => {
  test("starts a node as soon as its own dependencies are done, whatever others of their stage do", async () => {
    const { answer, started, end } = runByHand(WorkflowType.parallel, twoChains);
    assert.deepEqual(started, ["a1", "b1"]);
    await end("b1");
    assert.deepEqual(started, ["a1", "b1", "b2"], "a1 is still at work, and b2 does not wait for it");
    await end("b2");
    assert.deepEqual(started, ["a1", "b1", "b2"], "last needs a2 as well");
    await end("a1");
    await end("a2");
    assert.deepEqual(started, ["a1", "b1", "b2", "a2", "last"]);
    await end("last");
    assert.equal(await answer, "last");
  });

  test("answers when every node has ended, also one whose output nobody reads", async () => {
    const { answer, end } = runByHand(WorkflowType.parallel, { a: [], unread: [], last: ["a"] });
    let isAnswered = false;
    const noted = (answer as PromiseLike<unknown>).then(() => {
      isAnswered = true;
    });
    await end("a");
    await end("last");
    assert.equal(isAnswered, false);
    await end("unread");
    await noted;
  });

  test("starts nothing after a failure, answers at once, and tells the Ops at work that nobody waits", async () => {
    const call = createCall();
    const { answer, started, end, fail, stopReason } = runByHand(WorkflowType.parallel, twoChains, call);
    const failed = assert.rejects(async () => await answer, {
      details: { service: "s", workflow: "w", node: "b1" },
    });
    await fail("b1", new Error("broken"));
    await failed;
    assert.equal(stopReason(), "the request has failed in another place");
    assert.equal(call.stopReason, undefined, "the caller's call goes on");
    await end("a1");
    assert.deepEqual(started, ["a1", "b1"]);
  });

  test("starts nothing after a failure, even if its Ops may still run", () => {
    const started: string[] = [];
    const note: Inference = (op) => {
      started.push(op.name);
      if (op.name === "a") throw new Error("broken");
    };
    const pool = openWorkflow({
      type: WorkflowType.parallel,
      nodes: { a: [], b: [], c: ["a", "b"] },
      inference: { a: note, b: note, c: note },
    });
    assert.throws(() => pool.run({ request: {}, call: createCall() }), { cause: new Error("broken") });
    assert.deepEqual(started, ["a"]);
  });

  test("answers with the first of several failures", async () => {
    const { answer, fail } = runByHand(WorkflowType.parallel, twoChains);
    const failed = assert.rejects(async () => await answer, { cause: new Error("first") });
    await fail("b1", new Error("first"));
    await fail("a1", new Error("second"));
    await failed;
  });

  test("runs synchronous and asynchronous Ops side by side", async () => {
    const pool = openWorkflow({
      type: WorkflowType.parallel,
      nodes: { ...twoChains },
      inference: {
        a1: async (op) => {
          op.output = op.name;
        },
        last: (op) => {
          op.output = op.preNames.map((name) => op.dependArgument(name));
        },
      },
    });
    assert.deepEqual(await pool.run({ request: {}, call: createCall() }), ["a2", "b2"]);
  });
});
