import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call } from "../call.js";
import { Code } from "../code.js";
import { Workflow } from "../dag/workflow.js";
import type { InferManager } from "../engine/infer-manager.js";
import { type CallSpan, CallTrace } from "../observe/call-trace.js";
import type { OpClass } from "../op/op.js";
import { OpRegistry } from "../op/op-registry.js";
import { ServeError } from "../serve-error.js";
import { createDeferred } from "../testing/deferred.js";
import { type Inference, opOf } from "../testing/op-of.js";
import { nodeConf } from "../testing/random-workflow.js";
import { createTestEnvironment } from "../testing/test-environment.js";
import type { InferService } from "./infer-service.js";
import { defaultMerger, type Merger } from "./merger.js";
import { createInferService } from "./parallel-infer-service.js";
import type { InferServiceConf } from "./service-conf.js";

const environment = createTestEnvironment();
const createCall = (): Call => new Call({ service: "S", method: "inference", clock: environment.clock });

/** Workflows of two nodes each: one that reads the request, and the named one that answers. */
function workflowsOf(last: Record<string, Inference>): Map<string, Workflow> {
  const readRequest = opOf("read", (op) => {
    op.output = op.requestMessage();
  });
  return new Map(
    Object.entries(last).map(([name, inference]) => {
      const registry = new OpRegistry().register(readRequest).register(opOf("answer", inference));
      const nodes = [nodeConf("read"), nodeConf("answer", ["read"])];
      return [name, new Workflow({ name, workflowType: "Sequence", nodes }, registry)];
    }),
  );
}

const serviceConf: InferServiceConf = {
  name: "S",
  merger: "default",
  workflows: [],
  workflowMap: undefined,
  isParallel: false,
  webService: undefined,
};

/** A workflow of one node that always runs the engine of its name. */
function inferWorkflow(name: string): Workflow {
  const infer: OpClass = Object.assign(
    opOf("infer", () => {}),
    { needsEngine: true, alwaysInfers: true },
  );
  const conf = { name, workflowType: "Sequence", nodes: [nodeConf(name, [], "infer")] };
  return new Workflow(conf, new OpRegistry().register(infer));
}

function createService(
  last: Record<string, Inference>,
  conf: Partial<InferServiceConf> = {},
  merger: Merger = defaultMerger,
): InferService {
  const complete = { ...serviceConf, workflows: Object.keys(last), ...conf };
  return createInferService({ conf: complete, workflows: workflowsOf(last), merger, environment });
}

const give =
  (response: object): Inference =>
  (op) => {
    op.output = response;
  };
const fail: Inference = () => {
  throw new ServeError(Code.invalidArgument, 'tensor "x": wrong');
};

describe("InferService", () => {
  test("gives the response of its workflow as it is", async () => {
    const response = { outputs: [1] };
    assert.equal(await createService({ w: give(response) }).inference({}, createCall()), response);
  });

  test("runs its workflows one after the other on the same request and merges what they give", async () => {
    const order: string[] = [];
    const note =
      (name: string): Inference =>
      async (op) => {
        order.push(`${name} starts`);
        await Promise.resolve();
        order.push(`${name} ends`);
        op.output = { outputs: [name, op.requestMessage<{ x: number }>().x], code: name === "w2" ? 0 : 7 };
      };
    const service = createService({ w1: note("w1"), w2: note("w2") });
    assert.deepEqual(await service.inference({ x: 5 }, createCall()), {
      outputs: ["w1", 5, "w2", 5],
      code: 7,
    });
    assert.deepEqual(order, ["w1 starts", "w1 ends", "w2 starts", "w2 ends"]);
  });

  test("refuses what an engine refuses that all requests need, and nothing where they need different ones", () => {
    const asked: unknown[] = [];
    const inferManager: InferManager = {
      ...environment.inferManager,
      refusal(name, choice) {
        asked.push([name, choice.version]);
        return name === "full" ? ServeError.refusal(Code.resourceExhausted, "full") : undefined;
      },
    };
    const workflows = new Map(["free", "full"].map((name) => [name, inferWorkflow(name)]));
    const open = (change: Partial<InferServiceConf>): InferService =>
      createInferService({
        conf: { ...serviceConf, ...change },
        workflows,
        merger: defaultMerger,
        environment: { ...environment, inferManager },
      });
    const call = createCall();
    assert.equal(open({ workflows: ["free"] }).refusal(call), undefined);
    assert.equal(open({ workflows: ["free", "full"] }).refusal(call)?.message, "full");
    assert.deepEqual(asked, [
      ["free", undefined],
      ["free", undefined],
      ["full", undefined],
    ]);
    const workflowMap = { requestField: "kind", workflows: new Map([["a", ["full"]]]) };
    assert.equal(open({ workflows: [], workflowMap }).refusal(call), undefined);
  });

  test("merges with the merger it was given", async () => {
    const last: Merger = { name: "last", merge: (_, part) => part };
    const service = createService({ w1: give({ a: 1 }), w2: give({ b: 2 }) }, {}, last);
    assert.deepEqual(await service.inference({}, createCall()), { b: 2 });
  });

  test("ends with the first error and runs no workflow after it", async () => {
    const never: Inference = () => assert.fail("an earlier workflow failed");
    const service = createService({ w1: give({}), w2: fail, w3: never });
    await assert.rejects(service.inference({}, createCall()), {
      name: "ServeError",
      code: Code.invalidArgument,
      message: 'tensor "x": wrong',
      details: { service: "S", workflow: "w2", node: "answer" },
    });
  });

  test("starts no workflow for a call that has stopped", async () => {
    const call = createCall();
    const cancel: Inference = async (op) => {
      op.output = {};
      await Promise.resolve();
      call.cancel();
    };
    const service = createService({ w1: cancel, w2: () => assert.fail("the call was cancelled") });
    await assert.rejects(service.inference({}, call), {
      code: Code.cancelled,
      details: { service: "S", workflow: "w1" },
    });
    await assert.rejects(service.inference({}, call), { code: Code.cancelled });
  });

  test("says internal error, and no more, when a merger fails", async () => {
    const cause = new Error("secret");
    const broken: Merger = {
      name: "broken",
      merge: () => {
        throw cause;
      },
    };
    const service = createService({ w1: give({}), w2: give({}) }, {}, broken);
    await assert.rejects(service.inference({}, createCall()), {
      code: Code.internal,
      message: "internal error",
      cause,
      details: { service: "S" },
    });
  });

  test("is refused when it names a workflow that does not exist", () => {
    assert.throws(() => createService({ w1: give({}) }, { workflows: ["w1", "w2"] }), {
      code: Code.invalidConf,
      message: 'service "S" names workflow "w2", which does not exist',
    });
  });

  test("measures each request once, failed ones included", async () => {
    const work: Inference = (op) => {
      environment.clock.advance(5);
      op.output = {};
    };
    const service = createService({ w: work }, { name: "Measured" });
    await service.inference({}, createCall());
    const values = environment.metrics.observations("paddlewheel_service_seconds", { service: "Measured" });
    assert.deepEqual(values, [0.005]);
    await assert.rejects(createService({ bad: fail }, { name: "Bad" }).inference({}, createCall()));
    assert.deepEqual(
      environment.metrics.observations("paddlewheel_service_seconds", { service: "Bad" }),
      [0],
    );
  });
});

describe("an InferService that maps requests to workflows", () => {
  const workflowMap = {
    requestField: "scene",
    workflows: new Map([
      ["day", ["w1"]],
      ["night", ["w2", "w1"]],
    ]),
  };
  const service = createService(
    { w1: give({ list: [1] }), w2: give({ list: [2] }) },
    { workflows: [], workflowMap },
  );

  test("runs those of the field's value, in the order of conf", async () => {
    assert.deepEqual(service.workflowNames, ["w1", "w2"]);
    assert.deepEqual(await service.inference({ scene: "day" }, createCall()), { list: [1] });
    assert.deepEqual(await service.inference({ scene: "night" }, createCall()), { list: [2, 1] });
  });

  test("tells which node makes the answer to a request, unless there are several", () => {
    const place = { service: "S", workflow: "w1", node: "answer" };
    assert.deepEqual(service.answererOf({ scene: "day" }), place);
    assert.deepEqual(service.answererOf({ scene: "night" }), { service: "S" });
  });

  const long = "x".repeat(100_000);
  const refused: [unknown, string][] = [
    ["dusk", '"dusk"'],
    [undefined, "undefined"],
    [5, "5"],
    [5n, "5"],
    [long, `"${long.slice(0, 64)}…"`],
  ];
  for (const [scene, shown] of refused) {
    test(`refuses the ${typeof scene} ${shown} and lists the values there are`, async () => {
      await assert.rejects(service.inference({ scene }, createCall()), {
        code: Code.invalidArgument,
        message: `scene: ${shown} is mapped to no workflow, must be one of "day", "night"`,
        details: { service: "S" },
      });
    });
  }
});

describe("debug", () => {
  const nodesOf = (trace: {
    workflows: readonly { name: string; nodes: readonly { node: { name: string } }[] }[];
  }) => trace.workflows.map(({ name, nodes }) => [name, nodes.map(({ node }) => node.name)]);

  test("answers as inference does, and tells what each node of each workflow did", async () => {
    const service = createService({ w1: give({ list: [1] }), w2: give({ list: [2] }) });
    const { response, trace } = service.debug({ x: 5 }, createCall());
    assert.deepEqual(await response, { list: [1, 2] });
    assert.deepEqual(nodesOf(trace), [
      ["w1", ["read", "answer"]],
      ["w2", ["read", "answer"]],
    ]);
    assert.deepEqual(trace.workflows[0]?.nodes[0]?.output, { x: 5 });
  });

  test("tells also what nodes did for a request that fails", async () => {
    const service = createService({ w1: give({}), w2: fail, w3: give({}) });
    const { response, trace } = service.debug({}, createCall());
    await assert.rejects(response, { code: Code.invalidArgument });
    assert.deepEqual(nodesOf(trace), [
      ["w1", ["read", "answer"]],
      ["w2", ["read", "answer"]],
    ]);
    assert.equal(trace.workflows[1]?.nodes[1]?.output, undefined);
  });

  test("runs parallel workflows side by side and merges them in the order of conf", async () => {
    const ends = [createDeferred(), createDeferred()];
    const started: string[] = [];
    const wait =
      (name: string, index: number): Inference =>
      async (op) => {
        started.push(name);
        await ends[index]?.promise;
        op.output = { outputs: [name] };
      };
    const service = createService({ w1: wait("w1", 0), w2: wait("w2", 1) }, { isParallel: true });
    const response = service.inference({}, createCall());
    assert.deepEqual(started, ["w1", "w2"]);
    ends[1]?.resolve();
    ends[0]?.resolve();
    assert.deepEqual(await response, { outputs: ["w1", "w2"] });
  });

  test("stops the other parallel workflows when one fails, and not the caller's call", async () => {
    const call = createCall();
    let stopped: ServeError | undefined;
    const endless: Inference = (op) =>
      new Promise(() => {
        op.call.onStop((reason) => {
          stopped = reason;
        });
      });
    const service = createService({ w1: endless, w2: fail }, { isParallel: true });
    await assert.rejects(service.inference({}, call), {
      message: 'tensor "x": wrong',
      details: { service: "S", workflow: "w2", node: "answer" },
    });
    assert.equal(stopped?.message, "another workflow of the service has failed");
    assert.equal(call.stopReason, undefined);
  });
});

describe("the trace of a call", () => {
  test("has a span for the service, its workflows in it, and the nodes in those", async () => {
    const trace = new CallTrace();
    const call = new Call({ service: "S", method: "inference", clock: environment.clock, trace });
    const work: Inference = (op) => {
      environment.clock.advance(2);
      op.output = {};
    };
    const service = createService({ w1: work, w2: fail });
    const startedAt = environment.clock.now();
    await assert.rejects(service.inference({}, call));
    const named = ({ kind, name }: CallSpan): string => `${kind} ${name}`;
    assert.deepEqual(
      trace.spans.map((span) => [
        named(span),
        span.parent && named(span.parent),
        span.startedAt - startedAt,
        (span.endedAt ?? Number.NaN) - startedAt,
        span.attributes,
      ]),
      [
        ["service S", undefined, 0, 2, { error: "invalidArgument" }],
        ["workflow w1", "service S", 0, 2, {}],
        ["node read", "workflow w1", 0, 0, { stage: 0, type: "read" }],
        ["node answer", "workflow w1", 0, 2, { stage: 1, type: "answer" }],
        ["workflow w2", "service S", 2, 2, { error: "invalidArgument" }],
        ["node read", "workflow w2", 2, 2, { stage: 0, type: "read" }],
        ["node answer", "workflow w2", 2, 2, { stage: 1, type: "answer", error: "invalidArgument" }],
      ],
    );
  });
});
