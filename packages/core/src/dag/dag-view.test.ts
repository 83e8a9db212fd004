import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call } from "../call.js";
import { Code } from "../code.js";
import { ServeError } from "../serve-error.js";
import type { Inference } from "../testing/op-of.js";
import { openWorkflow } from "../testing/open-workflow.js";
import { createTestEnvironment } from "../testing/test-environment.js";
import type { NodeTrace } from "./dag-recorder.js";
import type { DagViewPool } from "./dag-view-pool.js";
import { WorkflowType } from "./workflow-conf.js";

const clock = createTestEnvironment().clock;
const createCall = (): Call => new Call({ service: "s", method: "inference", clock });

/** As a promise, whether the workflow answers at once or later. */
async function run(
  pool: DagViewPool,
  request: unknown = "request",
  call: Call = createCall(),
): Promise<unknown> {
  return pool.run({ request, call });
}

const where = { service: "s", workflow: "w", node: "b" };
const thrown = new Error("the reason");
const failures: { when: string; inference: Inference; error: Partial<ServeError> }[] = [
  {
    when: "throws",
    inference: () => {
      throw thrown;
    },
    error: { message: 'op "b" (b) failed', cause: thrown },
  },
  {
    when: "rejects",
    inference: () => Promise.reject(thrown),
    error: { message: 'op "b" (b) failed', cause: thrown },
  },
  {
    when: "throws a ServeError, which keeps its code and text",
    inference: () => {
      throw new ServeError(Code.invalidArgument, 'tensor "x": wrong', { cause: thrown });
    },
    error: { code: Code.invalidArgument, message: 'tensor "x": wrong', cause: thrown },
  },
  {
    when: "rejects with nothing",
    inference: () => Promise.reject(undefined),
    error: { message: 'op "b" (b) failed', cause: new Error("threw undefined, which is no Error") },
  },
  {
    when: "throws what is no Error, which is not lost",
    inference: () => {
      throw "the reason";
    },
    error: {
      message: 'op "b" (b) failed',
      cause: new Error('threw "the reason", which is no Error', { cause: "the reason" }),
    },
  },
  {
    when: "returns a negative code",
    inference: () => -5,
    error: { message: 'op "b" (b) failed with -5' },
  },
  {
    when: "resolves with a negative code",
    inference: async () => -5100,
    error: { message: 'op "b" (b) failed with -5100' },
  },
  {
    when: "returns NaN",
    inference: () => Number.NaN,
    error: { message: 'op "b" (b) failed with NaN' },
  },
  {
    when: "returns a string",
    inference: () => "ok" as never,
    error: { message: 'op "b" (b) returned string, must return nothing or a number' },
  },
  {
    when: "resolves with an object",
    inference: async () => ({}) as never,
    error: { message: 'op "b" (b) returned object, must return nothing or a number' },
  },
  {
    when: "returns null",
    inference: () => null as never,
    error: { message: 'op "b" (b) returned object, must return nothing or a number' },
  },
];

for (const type of Object.values(WorkflowType)) {
  describe(`a node of a ${type} workflow that fails`, () => {
    for (const { when, inference, error } of failures) {
      test(`fails the request when it ${when}`, async () => {
        const pool = openWorkflow({
          type,
          nodes: { a: [], b: ["a"], c: ["b"] },
          inference: { b: inference, c: () => assert.fail("c depends on b, which failed") },
        });
        await assert.rejects(run(pool), {
          name: "ServeError",
          code: Code.opFailure,
          details: where,
          ...error,
        });
      });
    }

    test("leaves nothing behind for the next request", async () => {
      const views = new Set<unknown>();
      const pool = openWorkflow({
        type,
        nodes: { a: [], b: ["a"] },
        inference: {
          a: (op) => {
            views.add(op);
            op.output = op.requestMessage();
          },
          b: (op) => {
            op.output = op.dependArgument("a");
            if (op.output === "bad") throw thrown;
          },
        },
      });
      await assert.rejects(run(pool, "bad"));
      assert.equal(await run(pool, "good"), "good");
      assert.equal(views.size, 1);
    });
  });
}

describe("a node that gives no output", () => {
  for (const result of [Code.opIgnore, Code.ignore, 1]) {
    test(`by the positive code ${result} lets its dependents go on and see that it is absent`, () => {
      const pool = openWorkflow({
        nodes: { a: [], b: ["a"], c: ["a", "b"] },
        inference: {
          b: (op) => {
            op.output = "written, then taken back";
            return result;
          },
          c: (op) => {
            op.output = [op.hasDependArgument("a"), op.hasDependArgument("b")];
            assert.throws(() => op.dependArgument("b"), {
              code: Code.internal,
              message:
                'op "c" reads the output of "b", which gave none for this request: ask hasDependArgument("b") first',
            });
          },
        },
      });
      assert.deepEqual(pool.run({ request: {}, call: createCall() }), [true, false]);
    });
  }

  for (const type of Object.values(WorkflowType)) {
    test(`fails a ${type} request when it is the last`, async () => {
      const pool = openWorkflow({ type, nodes: { a: [], b: ["a"] }, inference: { b: () => Code.opIgnore } });
      await assert.rejects(run(pool), {
        code: Code.opFailure,
        message: 'op "b" (b) ended the workflow without a response: it must set its output',
        details: where,
      });
    });
  }
});

describe("what a DagView measures", () => {
  const environment = createTestEnvironment();
  const { clock, metrics } = environment;
  const work =
    (ms: number): Inference =>
    (op) => {
      clock.advance(ms);
      op.output = op.name;
    };
  const pool = openWorkflow({
    nodes: { a: [], b: [], c: ["a", "b"] },
    inference: { a: work(1), b: work(2), c: (op) => (op.requestMessage() === "bad" ? -1 : work(4)(op)) },
    environment,
  });
  const observed = (name: string, labels: Record<string, string> = {}): readonly number[] =>
    metrics.observations(name, { service: "s", workflow: "w", ...labels });

  test("is every Op, stage and workflow once per request, in seconds; stages that broke off are left out", () => {
    pool.run({ request: "good", call: new Call({ service: "s", method: "m", clock }) });
    assert.deepEqual(observed("paddlewheel_op_seconds", { op: "a", stage: "0" }), [0.001]);
    assert.deepEqual(observed("paddlewheel_op_seconds", { op: "b", stage: "0" }), [0.002]);
    assert.deepEqual(observed("paddlewheel_op_seconds", { op: "c", stage: "1" }), [0.004]);
    assert.deepEqual(observed("paddlewheel_stage_seconds", { stage: "0" }), [0.003]);
    assert.deepEqual(observed("paddlewheel_stage_seconds", { stage: "1" }), [0.004]);
    assert.deepEqual(observed("paddlewheel_workflow_seconds"), [0.007]);
  });

  test("is, of a request that fails, what ran", () => {
    assert.throws(() => pool.run({ request: "bad", call: new Call({ service: "s", method: "m", clock }) }));
    assert.deepEqual(observed("paddlewheel_op_seconds"), [0.001, 0.001, 0.002, 0.002, 0.004, 0]);
    assert.deepEqual(observed("paddlewheel_workflow_seconds"), [0.007, 0.003]);
  });

  test("is traced node by node when asked, the one that failed without output", () => {
    const trace: NodeTrace[] = [];
    const call = new Call({ service: "s", method: "m", clock });
    assert.throws(() => pool.run({ request: "bad", call, trace }));
    assert.deepEqual(
      trace.map(({ node, startMs, durationMs, output }) => [node.name, startMs, durationMs, output]),
      [
        ["a", 0, 1, "a"],
        ["b", 1, 2, "b"],
        ["c", 3, 0, undefined],
      ],
    );
  });
});
