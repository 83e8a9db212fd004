import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { Call } from "../call.js";
import { Code } from "../code.js";
import type { DagViewPool } from "../dag/dag-view-pool.js";
import { Workflow } from "../dag/workflow.js";
import { type NodeConf, WorkflowType } from "../dag/workflow-conf.js";
import type { InferManager } from "../engine/infer-manager.js";
import type { TensorMap } from "../tensor/tensor.js";
import { createDeferred } from "../testing/deferred.js";
import { type Inference, opOf } from "../testing/op-of.js";
import { nodeConf } from "../testing/random-workflow.js";
import { createTestEnvironment, type TestEnvironment } from "../testing/test-environment.js";
import { type Op, type OpClass, OpWithChannel } from "./op.js";
import { OpRegistry } from "./op-registry.js";

const createCall = (): Call => new Call({ service: "s", method: "inference" });

/** Runs `inference` as the Op of the node `b`, which reads `a` with the given mode. */
function runB(
  inference: Inference,
  mode = "RO",
  environment: TestEnvironment = createTestEnvironment(),
): unknown {
  const giveList: Inference = (op) => {
    op.output = [1];
  };
  const b: NodeConf = {
    ...nodeConf("b"),
    dependencies: [{ name: "a", mode }],
    address: ["host:1", "host:2"],
  };
  const registry = new OpRegistry().register(opOf("a", giveList)).register(opOf("b", inference));
  const conf = { name: "w", workflowType: "Sequence", nodes: [nodeConf("other", [], "a"), nodeConf("a"), b] };
  return new Workflow(conf, registry)
    .openFor("s", environment)
    .run({ request: "request", call: createCall() });
}

describe("what an Op sees", () => {
  test("is its place in the workflow", () => {
    runB((op) => {
      assert.deepEqual([op.name, op.id, op.type, op.fullName], ["b", 3, "b", "w_1_b"]);
      assert.deepEqual([op.preNames, op.address, op.engineName], [["a"], ["host:1", "host:2"], "b"]);
      op.output = "done";
    });
  });

  test("is the request, also without declaring startup_op", () => {
    runB((op) => {
      assert.equal(op.requestMessage(), "request");
      assert.equal(op.dependArgument("startup_op"), "request");
      op.output = "done";
    });
  });

  test("is the output of a dependency, to read with either mode and to change with RW", () => {
    const change: Inference = (op) => {
      op.mutableDependArgument<number[]>("a").push(2);
      op.output = op.dependArgument("a");
    };
    assert.deepEqual(runB(change, "RW"), [1, 2]);
    assert.throws(() => runB(change, "RO"), {
      code: Code.internal,
      message: 'op "b" may only read the output of "a": declare the dependency with mode "RW" to change it',
      details: { service: "s", workflow: "w", node: "b" },
    });
  });

  test("is not the output of a node it has not declared", () => {
    for (const look of ["dependArgument", "mutableDependArgument", "hasDependArgument"] as const) {
      assert.throws(() => runB((op) => void op[look]("other")), {
        code: Code.internal,
        message: 'op "b" has not declared a dependency on "other": add it to those of the node',
        details: { service: "s", workflow: "w", node: "b" },
      });
    }
  });

  test("never is a request to change", () => {
    assert.throws(() => runB((op) => void op.mutableDependArgument("startup_op")), {
      code: Code.internal,
      message: 'op "b" may only read the request: it is shared by all nodes',
    });
  });

  test("is the engine of its own name, run for its own call", async () => {
    const runs: unknown[] = [];
    const inferManager: InferManager = {
      ...createTestEnvironment().inferManager,
      infer: async (name, inputs, options) => {
        runs.push([name, options?.call?.service]);
        return inputs;
      },
    };
    const inputs: TensorMap = new Map();
    const infer: Inference = async (op) => {
      op.output = [await op.infer(inputs), await op.infer(inputs, "other engine")];
    };
    const answer = (await runB(infer, "RO", createTestEnvironment({ inferManager }))) as unknown[];
    assert.deepEqual(runs, [
      ["b", "s"],
      ["other engine", "s"],
    ]);
    assert.equal(answer[0], inputs);
  });

  test("is nothing while it is not part of a workflow", () => {
    const op = new (opOf("a", () => 0))();
    for (const look of [() => op.name, () => op.call, () => op.requestMessage(), () => op.channel]) {
      assert.throws(look, { code: Code.internal, message: "the Op is not part of a running workflow" });
    }
  });
});

/** Opens a workflow of one Op of the class for requests. */
function open(opClass: OpClass, environment: TestEnvironment = createTestEnvironment()): DagViewPool {
  const conf = { name: "w", workflowType: WorkflowType.parallel, nodes: [nodeConf("a", [], opClass.name)] };
  return new Workflow(conf, new OpRegistry().register(opClass)).openFor("s", environment);
}

async function run(pool: DagViewPool, request: unknown, call: Call = createCall()): Promise<unknown> {
  return pool.run({ request, call });
}

describe("customInit and customDeinit", () => {
  const log: string[] = [];
  const end = createDeferred();
  class LoggingOp extends OpWithChannel<unknown> {
    override customInit(): void {
      log.push("init");
      if (this.requestMessage() === "no init") throw new Error("init");
    }

    async inference(): Promise<void> {
      log.push("inference");
      if (this.requestMessage() === "fail") throw new Error("inference");
      if (this.requestMessage() === "wait") await end.promise;
      this.output = "done";
    }

    override customDeinit(): void {
      log.push(`deinit ${this.channel.isAbsent ? "without" : "with"} output`);
    }
  }
  const pool = open(LoggingOp);

  test("run once each per request, around inference, with the output still there", async () => {
    log.length = 0;
    await run(pool, "good");
    await run(pool, "good");
    const once = ["init", "inference", "deinit with output"];
    assert.deepEqual(log, [...once, ...once]);
  });

  test("run also when inference or customInit itself fails", async () => {
    log.length = 0;
    await assert.rejects(run(pool, "fail"), {
      message: 'op "a" (LoggingOp) failed',
      cause: new Error("inference"),
    });
    await assert.rejects(run(pool, "no init"), {
      message: 'op "a" (LoggingOp) failed',
      cause: new Error("init"),
    });
    assert.deepEqual(log, ["init", "inference", "deinit without output", "init", "deinit without output"]);
  });

  test("run after the Op has ended, not when its request was answered", async () => {
    log.length = 0;
    const call = createCall();
    const answer = run(pool, "wait", call);
    call.cancel();
    await assert.rejects(answer, { code: Code.cancelled });
    assert.deepEqual(log, ["init", "inference"]);
    end.resolve();
    await setImmediate();
    assert.deepEqual(log, ["init", "inference", "deinit with output"]);
  });

  test("do not run for an Op that was never started", async () => {
    log.length = 0;
    const call = createCall();
    call.cancel();
    await assert.rejects(run(pool, "good", call), { code: Code.cancelled });
    assert.deepEqual(log, []);
  });

  const faults: { that: string; deinit: (this: Op) => void; err: Error }[] = [
    {
      that: "throws",
      deinit: () => {
        throw new Error("deinit");
      },
      err: new Error("deinit"),
    },
    { that: "rejects", deinit: () => Promise.reject(new Error("deinit")), err: new Error("deinit") },
  ];
  for (const { that, deinit, err } of faults) {
    test(`a customDeinit that ${that} is logged and harms no request`, async () => {
      class BadDeinitOp extends OpWithChannel<unknown> {
        inference(): void {
          this.output = "done";
        }
      }
      Object.defineProperty(BadDeinitOp.prototype, "customDeinit", { value: deinit });
      const environment = createTestEnvironment();
      const pool = open(BadDeinitOp, environment);
      assert.equal(await run(pool, {}), "done");
      assert.equal(await run(pool, {}), "done");
      await setImmediate();
      const line = { level: "error", fields: { op: "w_0_a", err }, message: "customDeinit failed" };
      assert.deepEqual(environment.logger.lines, [line, line]);
    });
  }

  test("an asynchronous customInit is refused, because inference would not wait for it", async () => {
    class AsyncInitOp extends OpWithChannel<unknown> {
      // An author may write this: TypeScript takes an async method for one that returns void.
      override async customInit(): Promise<void> {
        throw new Error("nobody would hear of this");
      }

      inference(): void {
        this.output = "done";
      }
    }
    await assert.rejects(run(open(AsyncInitOp), {}), {
      code: Code.opFailure,
      message: 'customInit of op "a" (AsyncInitOp) must not be asynchronous: do the work in inference',
      details: { service: "s", workflow: "w", node: "a" },
    });
    await setImmediate();
  });
});
