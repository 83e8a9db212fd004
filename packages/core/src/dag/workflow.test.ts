import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call } from "../call.js";
import { Code } from "../code.js";
import { type OpClass, OpWithChannel } from "../op/op.js";
import { defineConfig } from "../op/op-config.js";
import { OpRegistry } from "../op/op-registry.js";
import { opOf } from "../testing/op-of.js";
import { nodeConf } from "../testing/random-workflow.js";
import { createTestEnvironment } from "../testing/test-environment.js";
import { Workflow } from "./workflow.js";
import type { NodeConf, WorkflowConf } from "./workflow-conf.js";

const config = defineConfig({ k: { int32: 5 }, label: { string: "top" } });

class TopKOp extends OpWithChannel<unknown, { k: number; label: string }> {
  static readonly type = "TopKOp";
  static readonly config = config;

  inference(): void {
    this.output = { ...this.config, name: this.fullName };
  }
}

/** Runs its engine whatever comes. */
class AlwaysOp extends OpWithChannel<unknown, { version: string }> {
  static readonly type = "AlwaysOp";
  static readonly needsEngine = true;
  static readonly alwaysInfers = true;
  static readonly versionOption = "version";
  static readonly config = defineConfig({ version: { string: "" } });

  inference(): void {}
}

class MaybeOp extends OpWithChannel<unknown> {
  static readonly type = "MaybeOp";
  static readonly needsEngine = true;

  inference(): void {}
}

function topK(name: string, values: Record<string, unknown>, dependencies: string[] = []): NodeConf {
  return { ...nodeConf(name, dependencies, "TopKOp"), config: values };
}

function conf(...nodes: NodeConf[]): WorkflowConf {
  return { name: "w1", workflowType: "Sequence", nodes };
}

const registry = (...classes: OpClass[]): OpRegistry =>
  classes.reduce((known, opClass) => known.register(opClass), new OpRegistry());

function run(workflow: Workflow, request: unknown = {}): unknown {
  const pool = workflow.openFor("s", createTestEnvironment());
  return pool.run({ request, call: new Call({ service: "s", method: "inference" }) });
}

describe("Workflow", () => {
  test("gives each node its own options over the defaults of its Op", () => {
    const nodes = [topK("a", { k: "7" }), { ...topK("b", { label: "best" }, ["a"]) }];
    const workflow = new Workflow(conf(...nodes), registry(TopKOp));
    assert.deepEqual(run(workflow), { k: 5, label: "best", name: "w1_1_b" });
  });

  test("needs the engines of nodes that always run theirs, and not of those that may do without", () => {
    const infer = (name: string, change: Partial<NodeConf> = {}): NodeConf => ({
      ...nodeConf(name, ["request"], "AlwaysOp"),
      ...change,
    });
    const nodes = [
      nodeConf("request", [], "TopKOp"),
      infer("plain"),
      infer("canary", { config: { version: "2" } }),
      infer("sometimes", { when: "request.k > 5" }),
      infer("again", { retries: 1 }),
      infer("backed", { fallback: "spare" }),
      nodeConf("spare", ["request"], "AlwaysOp"),
      infer("mapped", { mapOver: "request.k" }),
      nodeConf("maybe", ["request"], "MaybeOp"),
      nodeConf("last", ["plain", "canary", "sometimes", "again", "backed", "mapped", "maybe"], "TopKOp"),
    ];
    const workflow = new Workflow(conf(...nodes), registry(TopKOp, AlwaysOp, MaybeOp));
    const needed = workflow.neededEngines.map(({ name, version }) => [name, version]);
    assert.deepEqual(needed, [
      ["plain", ""],
      ["canary", "2"],
    ]);
  });

  test("is refused with every fault of its nodes' options", () => {
    const nodes = [topK("a", { k: "many" }), topK("b", { K: 1 }, ["a"])];
    assert.throws(() => new Workflow(conf(...nodes), registry(TopKOp)), {
      code: Code.invalidConf,
      message: [
        'workflow "w1".nodes[0].config.k: must be a whole number from -2147483648 to 2147483647, not "many"',
        'workflow "w1".nodes[1].config.K: no option named "K"; did you mean "k"?',
      ].join("\n"),
    });
  });

  test("is refused when its plan has a fault, with the types the registry knows", () => {
    assert.throws(() => new Workflow(conf(nodeConf("a", [], "TopOp")), registry(TopKOp)), {
      code: Code.invalidConf,
      message: 'workflow "w1".nodes[0].type: no Op type named "TopOp"; did you mean "TopKOp"?',
    });
  });

  test("runs for several services, each with its own executions and metrics", () => {
    const views = new Set<unknown>();
    const op = opOf("op", (self) => {
      views.add(self);
      self.output = "done";
    });
    const workflow = new Workflow(conf(nodeConf("a", [], "op")), registry(op));
    const environment = createTestEnvironment();
    const call = new Call({ service: "s", method: "inference" });
    for (const service of ["s1", "s2"]) workflow.openFor(service, environment).run({ request: {}, call });
    assert.equal(views.size, 2);
    for (const service of ["s1", "s2"]) {
      assert.equal(environment.metrics.observations("paddlewheel_workflow_seconds", { service }).length, 1);
    }
  });

  test("names the node whose Op cannot be made", () => {
    const thrown = new Error("no licence");
    class BrokenOp extends OpWithChannel<unknown> {
      constructor() {
        super();
        throw thrown;
      }

      inference(): void {}
    }
    class UnmeasuredOp extends OpWithChannel<unknown> {
      override registMetric(): void {
        throw thrown;
      }

      inference(): void {}
    }
    for (const opClass of [BrokenOp, UnmeasuredOp]) {
      assert.throws(() => run(new Workflow(conf(nodeConf("a", [], opClass.name)), registry(opClass))), {
        code: Code.opFailure,
        message: `op "a" (${opClass.name}) could not be created`,
        cause: thrown,
        details: { service: "s", workflow: "w1", node: "a" },
      });
    }
  });
});
