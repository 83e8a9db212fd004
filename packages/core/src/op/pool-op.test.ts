import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call } from "../call.js";
import { Code } from "../code.js";
import type { DagViewPool } from "../dag/dag-view-pool.js";
import { Workflow } from "../dag/workflow.js";
import type { NodeConf } from "../dag/workflow-conf.js";
import { ServeError } from "../serve-error.js";
import { type Inference, opOf } from "../testing/op-of.js";
import { nodeConf } from "../testing/random-workflow.js";
import { createTestEnvironment } from "../testing/test-environment.js";
import { type OpClass, OpPlace, OpWithChannel } from "./op.js";
import type { OpOutcome, OpPool, OpTask } from "./op-pool.js";
import { OpRegistry } from "./op-registry.js";

class HeavyOp extends OpWithChannel<unknown> {
  static readonly runsOn: OpPlace = OpPlace.pool;
  static readonly module: string = "file:///ops/heavy.js";

  inference(): void {
    assert.fail("it runs on the pool, not here");
  }
}

/** A pool that runs what the test says. */
function createPool(run: (task: OpTask, call: Call) => OpOutcome): { pool: OpPool; tasks: OpTask[] } {
  const tasks: OpTask[] = [];
  return {
    tasks,
    pool: {
      async run(task, call) {
        tasks.push(task);
        return run(task, call);
      },
    },
  };
}

const giveRequest: Inference = (op) => {
  op.output = op.requestMessage();
};
const readHeavy: Inference = (op) => {
  op.output = op.hasDependArgument("heavy") ? op.dependArgument<unknown>("heavy") : "absent";
};

/** a, b → heavy → last, of which `heavy` runs on the pool. */
function open(
  opPool: OpPool | undefined,
  conf: Partial<NodeConf> = {},
  heavy: OpClass = HeavyOp,
): DagViewPool {
  const registry = new OpRegistry()
    .register(opOf("give", giveRequest))
    .register(opOf("ignore", () => Code.opIgnore))
    .register(opOf("last", readHeavy))
    .register(heavy);
  const nodes = [
    nodeConf("a", [], "give"),
    nodeConf("b", [], "ignore"),
    { ...nodeConf("heavy", ["a", "b", "startup_op"], "HeavyOp"), config: {}, ...conf },
    nodeConf("last", ["heavy"]),
  ];
  const workflow = new Workflow({ name: "w", workflowType: "Sequence", nodes }, registry);
  return workflow.openFor("s", createTestEnvironment(opPool ? { opPool } : {}));
}

const createCall = (): Call => new Call({ service: "s", method: "inference" });
const run = async (
  pool: DagViewPool,
  request: unknown = "request",
  call: Call = createCall(),
): Promise<unknown> => pool.run({ request, call });

describe("an Op that runs on the pool", () => {
  test("is sent with the request and its dependencies, and gives what comes back", async () => {
    const { pool, tasks } = createPool(() => ({ result: 0, output: "computed" }));
    assert.equal(await run(open(pool)), "computed");
    const [{ module, type, node, workflow, request, inputs, failure } = assert.fail("no task")] = tasks;
    assert.deepEqual(
      [module, type, node.name, workflow, request, failure],
      ["file:///ops/heavy.js", "HeavyOp", "heavy", "w", "request", undefined],
    );
    assert.deepEqual(
      [...inputs],
      [
        ["a", { data: "request", isLastReader: true }],
        ["b", { data: undefined, isLastReader: true }],
      ],
    );
    assert.deepEqual(structuredClone(node), node, "a worker can be told of the node");
  });

  test("runs for a call that stops with the request", async () => {
    const call = createCall();
    const { pool } = createPool((_, own) => {
      call.cancel();
      assert.equal(own.stopReason, call.stopReason);
      return { result: 0, output: "too late" };
    });
    await assert.rejects(run(open(pool), "request", call), { code: Code.cancelled });
  });

  test("is not the last reader of what is traced or may have to be read again", async () => {
    const { pool, tasks } = createPool(() => ({ result: 0, output: 1 }));
    await open(pool).run({ request: "request", call: createCall(), trace: [] });
    await run(open(pool, { retries: 1 }));
    assert.deepEqual(
      tasks.map(({ inputs }) => inputs.get("a")?.isLastReader),
      [false, false],
    );
  });

  test("may give no output, a code, or an error", async () => {
    const outcome = (result: number): DagViewPool =>
      open(createPool(() => ({ result, output: undefined })).pool);
    assert.equal(await run(outcome(Code.opIgnore)), "absent");
    await assert.rejects(run(outcome(-7)), { message: 'op "heavy" (HeavyOp) failed with -7' });
    const down = createPool(() => {
      throw new ServeError(Code.opFailure, "the worker died");
    });
    await assert.rejects(run(open(down.pool)), {
      message: "the worker died",
      details: { service: "s", workflow: "w", node: "heavy" },
    });
  });

  test("is refused at the start without a pool, or without its module", () => {
    const details = { service: "s", workflow: "w", node: "heavy" };
    assert.throws(() => open(undefined), {
      code: Code.invalidConf,
      message: 'op "heavy" (HeavyOp) runs on the pool, and this server has none',
      details,
    });
    class Homeless extends HeavyOp {
      static readonly type: string = "HeavyOp";
    }
    Object.defineProperty(Homeless, "module", { value: undefined });
    assert.throws(() => open(createPool(() => assert.fail()).pool, {}, Homeless), {
      code: Code.invalidConf,
      message:
        'op "heavy" (HeavyOp) runs on the pool: its class must say where it is, with static module = import.meta.url',
      details,
    });
  });
});
