import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { Call } from "../call.js";
import { Code } from "../code.js";
import type { OpResult } from "../op/op.js";
import { ServeError } from "../serve-error.js";
import { createDeferred, type Deferred } from "../testing/deferred.js";
import type { Inference } from "../testing/op-of.js";
import { openWorkflow } from "../testing/open-workflow.js";
import { createTestEnvironment } from "../testing/test-environment.js";
import type { DagViewPool } from "./dag-view-pool.js";
import { WorkflowType } from "./workflow-conf.js";

const createCall = (): Call => new Call({ service: "s", method: "inference" });

async function run(pool: DagViewPool, request: unknown = {}, call: Call = createCall()): Promise<unknown> {
  return pool.run({ request, call });
}

/** A value that only looks like a promise. */
function thenable(property: PropertyDescriptor): Promise<OpResult> {
  // biome-ignore lint/suspicious/noThenProperty: libraries with promises of their own make such values
  return Object.defineProperties({}, { then: property }) as Promise<OpResult>;
}

describe("an Op that returns what only looks like a promise", () => {
  const failLate = (resolve: (code: OpResult) => void): void => queueMicrotask(() => resolve(-7));
  const cases: { that: string; result: () => Promise<OpResult>; outcome: unknown }[] = [
    {
      that: "whose then gives nothing back",
      result: () => thenable({ value: failLate }),
      outcome: 'op "a" (a) failed with -7',
    },
    {
      that: "that settles several times",
      result: () =>
        thenable({
          value: (resolve: (code: OpResult) => void, reject: (error: Error) => void) => {
            resolve(0);
            reject(new Error("twice"));
            resolve(-1);
          },
        }),
      outcome: "done",
    },
    {
      that: "whose then throws",
      result: () => thenable({ value: () => assert.fail("thrown by then") }),
      outcome: 'op "a" (a) failed',
    },
    {
      that: "whose then cannot be read",
      result: () => thenable({ get: () => assert.fail("thrown by the getter") }),
      outcome: 'op "a" (a) failed',
    },
    {
      that: "whose then is no function",
      result: () => thenable({ value: 5 }),
      outcome: 'op "a" (a) returned object, must return nothing or a number',
    },
  ];
  for (const { that, result, outcome } of cases) {
    test(`${that} is waited for, once, and its view is used again`, async () => {
      const views = new Set<unknown>();
      const pool = openWorkflow({
        nodes: { a: [] },
        inference: {
          a: (op) => {
            views.add(op);
            op.output = "done";
            return result();
          },
        },
      });
      for (let i = 0; i < 3; i++) {
        assert.equal(await run(pool).catch((error: Error) => error.message), outcome);
      }
      assert.equal(views.size, 1);
    });
  }
});

describe("an Op that cancels its own call", () => {
  for (const type of Object.values(WorkflowType)) {
    for (const nodes of [{ a: [] }, { a: [], b: ["a"] }]) {
      const count = Object.keys(nodes).length;
      test(`ends a ${type} request of ${count} nodes as cancelled, and starts nothing more`, async () => {
        const inference: Record<string, Inference> = {
          a: (op) => {
            op.call.cancel("enough");
            op.output = "too late";
          },
          b: () => assert.fail("the call was cancelled"),
        };
        await assert.rejects(run(openWorkflow({ type, nodes, inference })), {
          code: Code.cancelled,
          message: "enough",
          details: { service: "s", workflow: "w" },
        });
      });
    }
  }
});

describe("an Op that ends after its request was answered", () => {
  const endings: Record<string, (end: Deferred<OpResult>) => void> = {
    throws: (end) => end.reject(new Error("late")),
    "gives a wrong result": (end) => end.resolve("late" as never),
    "gives a code": (end) => end.resolve(-1),
    "gives its output": (end) => end.resolve(0),
  };
  for (const type of Object.values(WorkflowType)) {
    for (const [how, settle] of Object.entries(endings)) {
      test(`and ${how} disturbs nobody in a ${type} workflow; its view waits for it`, async () => {
        const ends: Deferred<OpResult>[] = [];
        const views: unknown[] = [];
        const slow: Inference = (op) => {
          views.push(op);
          const end = createDeferred<OpResult>();
          ends.push(end);
          return end.promise.finally(() => {
            op.output = op.requestMessage();
          });
        };
        const pool = openWorkflow({ type, nodes: { a: [], b: ["a"] }, inference: { a: slow } });
        const call = createCall();
        const first = run(pool, "first", call);
        call.cancel();
        await assert.rejects(first, { code: Code.cancelled });
        const second = run(pool, "second");
        for (const [index, end] of ends.entries()) {
          if (index === 0) settle(end);
          else end.resolve(0);
        }
        assert.equal(await second, "b");
        await setImmediate();
        assert.equal(new Set(views).size, 2, "the view of the first request was not idle");
        const third = run(pool, "third");
        ends[2]?.resolve(0);
        assert.equal(await third, "b");
        assert.equal(new Set(views).size, 2, "now one of the two is");
      });
    }
  }
});

describe("an Op that runs its own workflow", () => {
  test("gets another view for each level, however deep", () => {
    const views = new Set<unknown>();
    const pool: DagViewPool = openWorkflow({
      nodes: { a: [], b: ["a"] },
      inference: {
        a: (op) => {
          views.add(op);
          const depth = op.requestMessage<number>();
          op.output = depth === 0 ? [] : pool.run({ request: depth - 1, call: op.call });
        },
        b: (op) => {
          op.output = [...op.dependArgument<number[]>("a"), op.requestMessage<number>()];
        },
      },
    });
    assert.deepEqual(pool.run({ request: 4, call: createCall() }), [0, 1, 2, 3, 4]);
    assert.equal(views.size, 5);
    pool.run({ request: 4, call: createCall() });
    assert.equal(views.size, 5);
  });

  test("may go on when the inner one fails with no Op of it at work", () => {
    const pool: DagViewPool = openWorkflow({
      nodes: { a: [], b: ["a"] },
      inference: {
        a: (op) => {
          if (op.requestMessage() === "inner") throw new Error("no");
          assert.throws(() => pool.run({ request: "inner", call: op.call }), { code: Code.opFailure });
          op.output = "fallback";
        },
        b: (op) => {
          op.output = op.dependArgument("a");
        },
      },
    });
    assert.equal(pool.run({ request: "outer", call: createCall() }), "fallback");
  });

  test("when it hears that it has been stopped leaves each request its own answer", async () => {
    const answers: unknown[] = [];
    const pool: DagViewPool = openWorkflow({
      type: WorkflowType.parallel,
      nodes: { slow: [], failing: [], last: ["slow", "failing"] },
      conf: { slow: { timeoutMs: 1000 } },
      inference: {
        slow: (op) => {
          op.output = op.requestMessage();
          if (op.requestMessage() === "again") return 0;
          op.call.onStop(() => answers.push(pool.run({ request: "again", call: createCall() })));
          return new Promise(() => {});
        },
        failing: async (op) => {
          if (op.requestMessage() !== "again") throw new ServeError(Code.unavailable, "down");
          op.output = op.requestMessage();
        },
        last: (op) => {
          op.output = [op.dependArgument<unknown>("slow"), op.dependArgument<unknown>("failing")];
        },
      },
    });
    await assert.rejects(run(pool, "first"), { message: "down" });
    assert.deepEqual(await Promise.all(answers), [["again", "again"]]);
  });

  test("for ever fails by itself and leaves the workflow working", async () => {
    const pool: DagViewPool = openWorkflow({
      nodes: { a: [] },
      inference: {
        a: (op) => {
          op.output = op.requestMessage() === "stop" ? "done" : pool.run({ request: "on", call: op.call });
        },
      },
    });
    await assert.rejects(run(pool, "on"), { name: "ServeError" });
    assert.equal(await run(pool, "stop"), "done");
  });
});

test("ten thousand requests at once each get their own answer, and few views are kept", async () => {
  const environment = createTestEnvironment();
  const views = new Set<unknown>();
  const pass: Inference = async (op) => {
    const request = op.requestMessage();
    await setImmediate();
    assert.equal(op.requestMessage(), request);
    op.output = request;
  };
  const pool = openWorkflow({
    type: WorkflowType.parallel,
    nodes: { a: [], b: [], c: ["a", "b"] },
    inference: {
      a: pass,
      b: pass,
      c: (op) => {
        views.add(op);
        assert.equal(op.dependArgument("a"), op.dependArgument("b"));
        op.output = op.dependArgument("a");
      },
    },
    environment,
  });
  const requests = Array.from({ length: 10_000 }, (_, i) => i);
  assert.deepEqual(await Promise.all(requests.map((i) => run(pool, i))), requests);
  assert.equal(views.size, 10_000);
  assert.deepEqual(
    await Promise.all(requests.slice(0, 300).map((i) => run(pool, i))),
    requests.slice(0, 300),
  );
  assert.equal(views.size, 10_000 + 300 - 256, "256 views were kept");
});
