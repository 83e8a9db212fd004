import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call } from "../call.js";
import { Code } from "../code.js";
import { CallTrace } from "../observe/call-trace.js";
import { ServeError } from "../serve-error.js";
import type { Inference } from "../testing/op-of.js";
import { openWorkflow } from "../testing/open-workflow.js";
import { createTestEnvironment } from "../testing/test-environment.js";
import type { NodeTrace } from "./dag-recorder.js";
import { type NodeConf, WorkflowType } from "./workflow-conf.js";

const fail: Inference = (op) => {
  op.output = "half done";
  throw new ServeError(Code.unavailable, `${op.name} is down`);
};
const never: Inference = (op) => assert.fail(`${op.name} is not needed`);
const give: Inference = (op) => {
  op.output = `from ${op.name}`;
};

/** Reads the output of `main`, which has the fallback `standby`, which has the fallback `last_resort`. */
function open(
  inference: Record<string, Inference>,
  type: WorkflowType = WorkflowType.sequence,
  conf: Record<string, Partial<NodeConf>> = {},
) {
  const environment = createTestEnvironment();
  const pool = openWorkflow({
    nodes: { read: [], main: ["read"], standby: ["read"], last_resort: [], answer: ["main"] },
    conf: { ...conf, main: { fallback: "standby" }, standby: { fallback: "last_resort", ...conf.standby } },
    inference: {
      answer: (op) => {
        op.output = op.hasDependArgument("main") ? op.dependArgument("main") : "absent";
      },
      ...inference,
    },
    type,
    environment,
  });
  const { clock, logger, metrics } = environment;
  return {
    logger,
    counted: (op: string) =>
      metrics.counted("paddlewheel_node_fallbacks_total", { service: "s", workflow: "w", op }),
    run: async (options: { trace?: NodeTrace[]; call?: Call } = {}): Promise<unknown> => {
      const call = options.call ?? new Call({ service: "s", method: "m", clock });
      return pool.run({ request: "request", call, trace: options.trace });
    },
    clock,
  };
}

for (const type of Object.values(WorkflowType)) {
  describe(`a fallback in a ${type} workflow`, () => {
    test("does not run when its node succeeds, nor does the fallback's own", async () => {
      const trace: NodeTrace[] = [];
      const { run, counted } = open({ main: give, standby: never, last_resort: never }, type);
      assert.equal(await run({ trace }), "from main");
      assert.equal(counted("main"), 0);
      assert.deepEqual(
        trace.map(({ node }) => node.name),
        ["read", "main", "answer"],
      );
    });

    test("does not run when its node gives no output", async () => {
      const { run } = open({ main: () => Code.opIgnore, standby: never, last_resort: never }, type);
      assert.equal(await run(), "absent");
    });

    for (const how of ["throws", "rejects"]) {
      test(`gives the output of its node when that ${how}`, async () => {
        const main: Inference = how === "throws" ? fail : async (op) => void fail(op);
        const { run, counted, logger } = open({ main, standby: give, last_resort: never }, type);
        assert.equal(await run(), "from standby");
        assert.equal(await run(), "from standby", "and again, with nothing left over");
        assert.deepEqual([counted("main"), counted("standby")], [2, 0]);
        const [line] = logger.lines;
        assert.deepEqual(
          [line?.level, line?.message, line?.fields.service, line?.fields.node, line?.fields.fallback],
          ["warn", "node failed, its fallback is called", "s", "main", "standby"],
        );
      });
    }

    test("gives none when it gives none, without what the failed node wrote", async () => {
      const { run } = open({ main: fail, standby: () => Code.opIgnore }, type);
      assert.equal(await run(), "absent");
    });

    test("may have a fallback itself", async () => {
      const { run, counted } = open({ main: fail, standby: fail, last_resort: give }, type);
      assert.equal(await run(), "from last_resort");
      assert.deepEqual([counted("main"), counted("standby")], [1, 1]);
    });

    test("fails the request as the last of them failed", async () => {
      const { run } = open({ main: fail, standby: fail, last_resort: fail }, type);
      await assert.rejects(run(), {
        code: Code.unavailable,
        message: "last_resort is down",
        details: { service: "s", workflow: "w", node: "last_resort" },
      });
    });

    test("knows why it runs", async () => {
      const failures: unknown[] = [];
      const note: Inference = (op) => {
        failures.push([op.name, op.failure?.message]);
        return fail(op);
      };
      await assert.rejects(open({ main: note, standby: note, last_resort: note }, type).run());
      assert.deepEqual(failures, [
        ["main", undefined],
        ["standby", "main is down"],
        ["last_resort", "standby is down"],
      ]);
    });

    test("whose condition does not hold leaves the failure as it is, for its own fallback", async () => {
      const conf = { standby: { when: "read == 'other'" } };
      const passedOn = open({ main: fail, standby: never, last_resort: give }, type, conf);
      assert.equal(await passedOn.run(), "from last_resort");
      const last = { standby: { when: "read == 'other'", fallback: undefined } };
      const { run } = open({ main: fail, standby: never }, type, last);
      await assert.rejects(run(), {
        message: "main is down",
        details: { service: "s", workflow: "w", node: "main" },
      });
    });

    for (const code of [
      Code.invalidArgument,
      Code.malformedRequest,
      Code.messageTooLarge,
      Code.unauthenticated,
    ]) {
      test(`does not hide the caller's fault ${code}`, async () => {
        const main: Inference = () => {
          throw new ServeError(code, "your fault");
        };
        await assert.rejects(open({ main, standby: never }, type).run(), { code, message: "your fault" });
      });
    }

    test("does not run for a call that has stopped", async () => {
      const call = new Call({ service: "s", method: "m" });
      const main: Inference = (op) => {
        call.cancel("enough");
        return fail(op);
      };
      const { run, counted } = open({ main, standby: never }, type);
      await assert.rejects(run({ call }), { code: Code.cancelled, message: "enough" });
      assert.equal(counted("main"), 0);
    });

    test("takes the place of the last node, also after its retries", async () => {
      const environment = createTestEnvironment();
      let attempts = 0;
      const pool = openWorkflow({
        nodes: { main: [], standby: [] },
        conf: { main: { fallback: "standby", retries: 2 } },
        inference: {
          main: (op) => {
            attempts++;
            return fail(op);
          },
        },
        type,
        environment,
      });
      assert.equal(pool.run({ request: {}, call: new Call({ service: "s", method: "m" }) }), "standby");
      assert.equal(attempts, 3);
    });

    test("runs when its node took too long, and is seen in the trace", async () => {
      const environment = createTestEnvironment();
      const { clock } = environment;
      const pool = openWorkflow({
        nodes: { main: [], standby: [], answer: ["main"] },
        conf: { main: { fallback: "standby", timeoutMs: 50 } },
        inference: {
          main: () => new Promise(() => {}),
          answer: (op) => {
            op.output = op.dependArgument("main");
          },
        },
        type,
        environment,
      });
      const trace = new CallTrace();
      const nodes: NodeTrace[] = [];
      const call = new Call({ service: "s", method: "m", clock, trace });
      const answer = pool.run({ request: {}, call, trace: nodes });
      clock.advance(50);
      assert.equal(await answer, "standby");
      assert.equal(clock.timerCount, 0);
      assert.deepEqual(
        trace.spans.map(({ name, startedAt, endedAt, attributes }) => [name, startedAt, endedAt, attributes]),
        [
          ["w", 0, 50, {}],
          ["main", 0, 50, { stage: 0, type: "main", error: "deadlineExceeded", fallback: "standby" }],
          ["standby", 50, 50, { stage: 1, type: "standby", standsInFor: "main" }],
          ["answer", 50, 50, { stage: 2, type: "answer" }],
        ],
      );
      assert.deepEqual(
        nodes.map(({ node, output, error }) => [node.name, output, error?.code]),
        [
          ["main", undefined, Code.deadlineExceeded],
          ["standby", "standby", undefined],
          ["answer", "standby", undefined],
        ],
      );
    });
  });
}
