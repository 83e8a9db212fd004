import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  Code,
  GeneralBlob,
  type OpClass,
  OpRegistry,
  ServeError,
  type Tensor,
  Workflow,
} from "@paddlewheel/core";
import { createTestEnvironment, opOf } from "@paddlewheel/core/testing";
import { nodeOf, scriptedOps, taskOf } from "./testing/op-task.js";
import { AddOneOp, type Place, ThrowErrorOp } from "./testing/scripted-ops.js";
import { createTestPool, failure, type TestPool, threadOf } from "./testing/test-pool.js";

describe("an Op on the pool", () => {
  test("gets the request as it is", async (t) => {
    const { pool, call } = createTestPool(t);
    const request = { id: 2n, image: Buffer.from("abc"), pixels: new Float32Array(5000).fill(3) };
    const { result, output } = await pool.run(taskOf("EchoOp", { request }), call());
    assert.equal(result, undefined);
    assert.deepEqual(output, request);
    assert.equal(request.pixels.length, 5000);
  });

  test("gets the outputs of its dependencies, and its own copy of them", async (t) => {
    const { pool, call } = createTestPool(t);
    const data = new Float32Array(5000).fill(1);
    const x = { dtype: "float32", shape: [5000], data } as const;
    const before = new GeneralBlob(new Map([["x", x]]));
    const { output } = await pool.run(taskOf("AddOneOp", { before }), call());
    assert.deepEqual(output, { ...x, data: new Float32Array(5000).fill(2) });
    assert.equal(before.tensor("x").data.length, 5000);
  });

  test("is told when a dependency gave no output, and may give none itself", async (t) => {
    const { pool, call } = createTestPool(t);
    assert.deepEqual(await pool.run(taskOf("AddOneOp"), call()), { result: undefined, output: undefined });
  });

  test("has its node's options and name, and one instance for each node", async (t) => {
    const { pool, call } = createTestPool(t);
    const node = nodeOf("WhereOp", { k: "7" });
    const { output } = await pool.run(taskOf("WhereOp", { node }), call());
    const { threadId } = output as Place;
    assert.deepEqual(output, { threadId, runs: 1, fullName: "w_1_it", k: 7 });
    const again = await pool.run(taskOf("WhereOp", { node }), call());
    assert.deepEqual(again.output, { threadId, runs: 2, fullName: "w_1_it", k: 7 });
    const ofNewConf = await pool.run(taskOf("WhereOp", { node: nodeOf("WhereOp") }), call());
    assert.deepEqual(ofNewConf.output, { threadId, runs: 1, fullName: "w_1_it", k: 5 });
  });

  test("sees its call, and may attach bytes to the answer", async (t) => {
    const { pool, call } = createTestPool(t);
    const options = { protocol: "grpc", logId: 2n ** 63n, requestId: "r" } as const;
    const seen = { service: "s", method: "m", ...options };
    const endless = call(options);
    const { output } = await pool.run(taskOf("SeeCallOp"), endless);
    assert.deepEqual(output, { ...seen, hasDeadline: false });
    assert.equal(Buffer.from(endless.responseAttachment ?? []).toString(), "attached");
    const timed = await pool.run(taskOf("SeeCallOp"), call({ ...options, timeoutMs: 60_000 }));
    assert.deepEqual(timed.output, { ...seen, hasDeadline: true });
  });

  test("knows why it runs when it stands in for another", async (t) => {
    const { pool, call } = createTestPool(t);
    const reason = new ServeError(Code.overflow, "too much");
    const { output } = await pool.run(taskOf("SeeFailureOp", { failure: reason }), call());
    assert.deepEqual(output, { code: Code.overflow, message: "too much" });
    const without = await pool.run(taskOf("SeeFailureOp"), call());
    assert.deepEqual(without.output, { code: undefined, message: undefined });
  });

  test("may say that it gives no output or has failed", async (t) => {
    const { pool, call } = createTestPool(t);
    const outcome = (request: unknown) => pool.run(taskOf("ReturnOp", { request }), call());
    assert.deepEqual(await outcome(0), { result: 0, output: "something" });
    assert.deepEqual(await outcome(1), { result: 1, output: undefined });
    assert.deepEqual(await outcome(-5100), { result: -5100, output: undefined });
    await assert.rejects(
      outcome("x"),
      failure('op "it" (ReturnOp) returned string, must return nothing or a number'),
    );
  });

  test("fails with what it threw", async (t) => {
    const { pool, call } = createTestPool(t);
    await assert.rejects(pool.run(taskOf("ThrowServeErrorOp"), call()), (thrown: ServeError) => {
      assert.ok(thrown instanceof ServeError);
      assert.deepEqual(
        [thrown.code, thrown.message, thrown.details],
        [Code.invalidArgument, "x is wrong", { field: "x" }],
      );
      assert.equal((thrown.cause as Error).message, "raw");
      return true;
    });
    await assert.rejects(pool.run(taskOf("ThrowErrorOp"), call()), (thrown: Error) => {
      assert.deepEqual([thrown.name, thrown.message], ["RangeError", "too far"]);
      assert.match(String(thrown.stack), /scripted-ops/);
      return true;
    });
    for (const request of ["text", 0]) {
      const run = pool.run(taskOf("ThrowValueOp", { request }), call());
      await assert.rejects(run, (thrown) => thrown === request);
    }
  });

  test("cannot run engines", async (t) => {
    const { pool, call } = createTestPool(t);
    await assert.rejects(
      pool.run(taskOf("InferOp"), call()),
      failure(
        'op "it" (InferOp) runs on the pool, where there are no engines: split it, and let a node on the event loop run the model',
      ),
    );
  });

  test("fails when it cannot be created or found", async (t) => {
    const { pool, call } = createTestPool(t);
    await assert.rejects(pool.run(taskOf("BrokenOp"), call()), (thrown: ServeError) => {
      assert.equal(thrown.message, 'op "it" (BrokenOp) could not be created');
      assert.equal((thrown.cause as Error).message, "no table");
      return true;
    });
    await assert.rejects(
      pool.run(taskOf("EchOp"), call()),
      failure(
        `module "${scriptedOps}": exports no Op of the type "EchOp"; did you mean "EchoOp"?`,
        Code.invalidConf,
      ),
    );
  });

  test("fails when its input or its output cannot cross threads, and the thread goes on", async (t) => {
    const { pool, call } = createTestPool(t);
    const rest = "only plain data, typed arrays and GeneralBlobs cross threads";
    const before = await threadOf(pool, call());
    await assert.rejects(
      pool.run(taskOf("FunctionOp"), call()),
      failure(`the output of op "it" (FunctionOp) holds a function at boxes[0].draw; ${rest}`),
    );
    await assert.rejects(
      pool.run(taskOf("EchoOp", { request: { on: () => 0 } }), call()),
      failure(`op "it" (EchoOp) runs on the pool, and the request holds a function at on; ${rest}`),
    );
    await assert.rejects(
      pool.run(taskOf("EchoOp", { before: Promise.resolve() }), call()),
      failure(
        `op "it" (EchoOp) runs on the pool, and the output of "before" is an instance of Promise; ${rest}`,
      ),
    );
    assert.equal(await threadOf(pool, call()), before);
  });

  test("fails when it gives an array that it gave away before", async (t) => {
    const { pool, call } = createTestPool(t);
    const node = nodeOf("SameArrayOp");
    await pool.run(taskOf("SameArrayOp", { node }), call());
    await assert.rejects(
      pool.run(taskOf("SameArrayOp", { node }), call()),
      failure(
        'the output of op "it" (SameArrayOp) is an array whose memory was given away before; large arrays of an output are handed over: make a new one for each request',
      ),
    );
  });

  test("logs and measures as on the event loop", async (t) => {
    const { pool, call, logger, metrics } = createTestPool(t);
    await pool.run(taskOf("NoteOp"), call());
    await logger.line("all told");
    const { level, fields } = await logger.line("told");
    const { err, ...others } = fields;
    assert.deepEqual([level, others], ["warn", { a: 1, b: [2n] }]);
    assert.ok(err instanceof ServeError);
    assert.deepEqual([err.code, err.message, err.cause], [Code.overflow, "too much", "raw"]);
    assert.deepEqual((await logger.line("told as text")).fields, { fields: "{ draw: [Function: draw] }" });
    assert.equal(metrics.counted("boxes", { kind: "small" }), 3);
    assert.deepEqual(metrics.observations("sizes"), [4]);
    assert.equal(metrics.gaugeValue("load"), 0.5);
  });

  test("learns that its call was cancelled, or is past its deadline, when it asks", async (t) => {
    const { pool, call, logger, clock } = createTestPool(t);
    const cancelled = call();
    const first = pool.run(taskOf("AskOp"), cancelled);
    await logger.line("at work");
    cancelled.cancel("gone");
    await assert.rejects(first, failure("gone", Code.cancelled));
    await logger.line("nobody waits for this run any more");
    // In the thread time passes by itself.
    const timed = call({ timeoutMs: 20 });
    const second = pool.run(taskOf("AskOp"), timed);
    await logger.line("the deadline of 20 ms has passed");
    await second;
    assert.equal(clock.now(), 0);
  });
});

describe("a workflow with an Op on the pool", () => {
  /** "it" on the pool, after "before" and before "after" on the event loop. */
  function openWorkflow({ pool, clock, logger, metrics }: TestPool, opClass: OpClass) {
    const before = opOf("before", (op) => {
      op.output = new GeneralBlob(new Map([["x", op.requestMessage<Tensor>()]]));
    });
    const after = opOf("after", (op) => {
      op.output = [op.dependArgument("it"), op.dependArgument<GeneralBlob>("before").tensor("x")];
    });
    const node = { address: [], config: {} };
    const readOnly = (name: string) => ({ name, mode: "RO" });
    const nodes = [
      { ...node, name: "before", type: "before", dependencies: [] },
      { ...node, name: "it", type: opClass.name, dependencies: [readOnly("before")] },
      { ...node, name: "after", type: "after", dependencies: [readOnly("it"), readOnly("before")] },
    ];
    const ops = new OpRegistry().register(before).register(opClass).register(after);
    const environment = createTestEnvironment({ clock, logger, metrics, opPool: pool });
    return new Workflow({ name: "w", workflowType: "Sequence", nodes }, ops).openFor("s", environment);
  }

  const x = { dtype: "float32", shape: [5000], data: new Float32Array(5000) } as const;

  test("gives what it would give on the event loop", async (t) => {
    const parts = createTestPool(t);
    const workflow = openWorkflow(parts, AddOneOp);
    const output = await workflow.run({ request: x, call: parts.call() });
    assert.deepEqual(output, [{ ...x, data: new Float32Array(5000).fill(1) }, x]);
  });

  test("fails as it would fail on the event loop", async (t) => {
    const parts = createTestPool(t);
    const workflow = openWorkflow(parts, ThrowErrorOp);
    await assert.rejects(
      async () => await workflow.run({ request: x, call: parts.call() }),
      ({ code, message, details, cause }: ServeError) => {
        assert.deepEqual([code, message], [Code.opFailure, 'op "it" (ThrowErrorOp) failed']);
        assert.deepEqual(details, { service: "s", workflow: "w", node: "it" });
        assert.equal(String(cause), "RangeError: too far");
        return true;
      },
    );
  });
});
