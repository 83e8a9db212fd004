import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call, Code, defaultMerger, InferService, type RpcMethod, ServeError } from "@paddlewheel/core";
import { createTestEnvironment, opOf, RecordingMetrics } from "@paddlewheel/core/testing";
import { type GeneralRequest, type GeneralResponse, generalModelServiceName } from "@paddlewheel/wire";
import { createGeneralModelService } from "./general-model-service.js";
import { createWorkflow, floats, requestOf, TickingClock } from "./testing/general-workflow.js";

const callMs = 3;
const request = requestOf([floats("x", [Number.NaN])]);

/** The service over a workflow that gives the request back, on a clock of its own; `last` is the Op that ends it. */
function openService(last = "GeneralResponseOp") {
  const clock = new TickingClock();
  const metrics = new RecordingMetrics();
  const slow = opOf("SlowOp", (op) => {
    clock.advance(callMs);
    op.output = op.dependArgument("read");
  });
  const nodes = {
    read: ["GeneralReaderOp"],
    slow: ["SlowOp", "read"],
    answer: [last, "slow"],
  } as const;
  const workflow = createWorkflow({ nodes, ops: [slow] });
  const service = createGeneralModelService(
    new InferService({
      conf: {
        name: "GeneralModelService",
        merger: "default",
        workflows: ["w"],
        workflowMap: undefined,
        isParallel: false,
        webService: undefined,
      },
      workflows: new Map([["w", workflow]]),
      merger: defaultMerger,
      environment: createTestEnvironment({ clock, metrics }),
    }),
    metrics,
  );
  const methodOf = (name: string): RpcMethod => {
    const method = service.methods.find((candidate) => candidate.name === name);
    assert.ok(method, `no method ${name}`);
    return method;
  };
  const createCall = (logId = 0n) => new Call({ service: service.name, method: "m", clock, logId });
  const run = async (method: string, message: GeneralRequest, call: Call = createCall()) =>
    (await methodOf(method).handle(message, call)) as GeneralResponse;
  return { service, metrics, methodOf, createCall, run };
}

describe("GeneralModelService", () => {
  test("has the full name and the methods of Paddle Serving", () => {
    const { service } = openService();
    assert.equal(service.name, generalModelServiceName);
    assert.deepEqual(
      service.methods.map(({ name }) => name),
      ["inference", "debug"],
    );
  });

  test("ends profile_time with the pair of the whole call, asked for or not", async () => {
    assert.deepEqual((await openService().run("inference", request)).profileTime, [0, callMs * 1000]);
    const { profileTime } = await openService().run("inference", { ...request, profileServer: true });
    // The reader stamped before the model took its time, the response after it; the clock ticks with each stamp.
    const later = callMs * 1000;
    assert.deepEqual(profileTime, [0, 1, later + 2, later + 3, 0, later]);
  });

  test("takes the log id of the message before that of the header", async () => {
    const { run, createCall } = openService();
    const call = createCall(5n);
    assert.equal((await run("inference", { ...request, logId: 7n }, call)).logId, 7n);
    assert.equal(call.logId, 7n);
    assert.equal((await run("debug", { ...request, logId: 8n }, createCall(5n))).logId, 8n);
  });

  test("takes the log id of the header when the message has none", async () => {
    const { run, createCall } = openService();
    for (const method of ["inference", "debug"]) {
      assert.equal((await run(method, request, createCall(5n))).logId, 5n);
    }
  });

  test("passes on what an Op refuses", async () => {
    const { run } = openService();
    const message = "tensor: the request has none, at least one is needed";
    for (const method of ["inference", "debug"]) {
      await assert.rejects(run(method, requestOf([])), { code: Code.invalidArgument, message });
    }
  });

  test("names the node that ends the workflow without a response of its", async () => {
    const { run } = openService("GeneralCopyOp");
    for (const method of ["inference", "debug"]) {
      await assert.rejects(run(method, request), {
        code: Code.opFailure,
        message:
          "op output: is no response of GeneralModelService, let the workflow end with a GeneralResponseOp",
        details: { service: "GeneralModelService", workflow: "w", node: "answer" },
      });
    }
  });
});

describe("GeneralModelService's error response", () => {
  test("says code, message and log id, and holds nothing else", () => {
    const { methodOf, createCall } = openService();
    for (const method of ["inference", "debug"]) {
      const error = new ServeError(Code.invalidArgument, "x is wrong");
      assert.deepEqual(methodOf(method).errorResponse?.(error, createCall(9n)), {
        outputs: [],
        profileTime: [],
        profileServer: false,
        logId: 9n,
        errNo: Code.invalidArgument,
        errMsg: "x is wrong",
      });
    }
  });
});

describe("GeneralModelService's counters", () => {
  const labels = { model: "general", version: "0" };
  const countersOf = (metrics: RecordingMetrics): number[] =>
    ["success_total", "failure_total", "duration_us_total"].map((name) =>
      metrics.counted(`pd_query_request_${name}`, labels),
    );

  test("count successes, failures and the microseconds of both", async () => {
    const { run, metrics } = openService();
    await run("inference", request);
    await run("inference", request);
    await assert.rejects(run("inference", { ...request, fetchVarNames: ["none"] }));
    assert.deepEqual(countersOf(metrics), [2, 1, 3 * callMs * 1000]);
  });

  test("leave debug calls out", async () => {
    const { run, metrics } = openService();
    await run("debug", request);
    assert.deepEqual(countersOf(metrics), [0, 0, 0]);
  });
});

describe("GeneralModelService.debug", () => {
  test("gives the response without the pair of the whole call, and the dump beside it", async () => {
    const { run, createCall } = openService();
    const call = createCall(5n);
    const response = await run("debug", request, call);
    assert.deepEqual(response.profileTime, []);
    const dump = JSON.parse(Buffer.from(call.responseAttachment ?? []).toString());
    assert.deepEqual(
      dump.ops.map(({ op_name }: { op_name: string }) => op_name),
      ["read", "slow", "answer"],
    );
    assert.equal(dump.log_id, "5");
    assert.equal(dump.response.outputs[0].engine_name, "slow");
  });
});
