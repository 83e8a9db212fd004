import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call } from "../call.js";
import { Code } from "../code.js";
import { CallTrace } from "../observe/call-trace.js";
import type { Inference } from "../testing/op-of.js";
import { openWorkflow } from "../testing/open-workflow.js";
import { createTestEnvironment } from "../testing/test-environment.js";
import type { NodeTrace } from "./dag-recorder.js";
import { WorkflowType } from "./workflow-conf.js";

const score: Inference = (op) => {
  op.output = { score: op.requestMessage<{ score: number }>().score };
};

for (const type of Object.values(WorkflowType)) {
  describe(`a node with a condition in a ${type} workflow`, () => {
    const environment = createTestEnvironment();
    const { clock, metrics } = environment;
    const pool = openWorkflow({
      nodes: { small: [], large: ["small"], answer: ["small", "large"] },
      conf: { large: { when: "small.score < 0.5" } },
      inference: {
        small: score,
        answer: (op) => {
          op.output = op.hasDependArgument("large") ? op.dependArgument("large") : "small";
        },
      },
      type,
      environment,
    });
    const run = async (request: object, trace?: NodeTrace[], spans?: CallTrace): Promise<unknown> =>
      pool.run({ request, call: new Call({ service: "s", method: "m", clock, trace: spans }), trace });
    const skips = (): number =>
      metrics.counted("paddlewheel_node_skips_total", { service: "s", workflow: "w", op: "large" });

    test("runs when it holds", async () => {
      assert.equal(await run({ score: 0.25 }), "large");
      assert.equal(skips(), 0);
    });

    test("is skipped when it does not: dependents see no output, and the Op is not measured", async () => {
      const before = metrics.observations("paddlewheel_op_seconds", { op: "large" }).length;
      const nodes: NodeTrace[] = [];
      const spans = new CallTrace();
      assert.equal(await run({ score: 0.75 }, nodes, spans), "small");
      assert.equal(skips(), 1);
      assert.equal(metrics.observations("paddlewheel_op_seconds", { op: "large" }).length, before);
      assert.deepEqual(
        nodes.map(({ node, isSkipped }) => [node.name, isSkipped]),
        [
          ["small", undefined],
          ["large", true],
          ["answer", undefined],
        ],
      );
      assert.deepEqual(spans.spans[2]?.attributes, { stage: 1, type: "large", skipped: true });
    });

    test("waits for a node it only looks at, which keeps its output until then", async () => {
      const looking = openWorkflow({
        nodes: { late: [], small: [], answer: ["late"] },
        conf: { late: { when: "small.score < 0.5" } },
        inference: {
          small: score,
          answer: (op) => {
            op.output = op.hasDependArgument("late");
          },
        },
        type,
        environment,
      });
      for (const [value, runs] of [
        [0.25, true],
        [0.75, false],
      ]) {
        const call = new Call({ service: "s", method: "m", clock });
        assert.equal(await looking.run({ request: { score: value }, call }), runs);
      }
    });

    test("fails the request when it is the last and is skipped", async () => {
      const alone = openWorkflow({ type, nodes: { a: [] }, conf: { a: { when: "startup_op.score < 0.5" } } });
      const ask = async (score: number): Promise<unknown> =>
        alone.run({ request: { score }, call: new Call({ service: "s", method: "m" }) });
      assert.equal(await ask(0.25), "a");
      await assert.rejects(ask(0.75), {
        code: Code.opFailure,
        message:
          'op "a" (a) ended the workflow without a response: it gives none when its condition does not hold',
        details: { service: "s", workflow: "w", node: "a" },
      });
    });

    test("fails when the condition cannot be told", async () => {
      await assert.rejects(run({}), (error: { code: Code; details: object; message: string }) => {
        assert.equal(error.code, Code.opFailure);
        assert.match(error.message, /^condition of node "large": "small\.score" /);
        assert.deepEqual(error.details, { service: "s", workflow: "w", node: "large" });
        return true;
      });
    });
  });
}
