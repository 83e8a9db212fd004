import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call } from "../call.js";
import { planDag } from "../dag/plan-dag.js";
import { Workflow } from "../dag/workflow.js";
import type { NodeConf, WorkflowConf } from "../dag/workflow-conf.js";
import { createTestEnvironment } from "../testing/test-environment.js";
import { OpWithChannel } from "./op.js";
import { OpRegistry } from "./op-registry.js";

interface Labels {
  readonly labels: readonly string[];
}

class LabelOp extends OpWithChannel<readonly string[], Labels> {
  static readonly type: string = "LabelOp";

  static createConfig({ config, name }: NodeConf): Labels {
    const { labels } = config;
    if (typeof labels !== "string")
      throw new Error(`node "${name}" needs the option labels, names with blanks between`);
    return { labels: labels.split(" ") };
  }

  inference(): void {
    this.output = this.config.labels;
  }
}

function workflowOf(config: Record<string, unknown>): WorkflowConf {
  const node = { name: "label", type: "LabelOp", dependencies: [], address: [], config };
  return { name: "w", workflowType: "Sequence", nodes: [node] };
}

describe("an Op class that reads its own options", () => {
  const ops = new OpRegistry().register(LabelOp);

  test("makes them what it likes", () => {
    const pool = new Workflow(workflowOf({ labels: "cat dog" }), ops).openFor("s", createTestEnvironment());
    const call = new Call({ service: "s", method: "m" });
    assert.deepEqual(pool.run({ request: {}, call }), ["cat", "dog"]);
  });

  test("refuses them when the workflow is loaded", () => {
    assert.throws(() => planDag(workflowOf({}), ops), {
      message: /nodes\[0\]\.config: node "label" needs the option labels, names with blanks between$/,
    });
  });
});
