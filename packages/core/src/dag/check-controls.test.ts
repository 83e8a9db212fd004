import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatFieldPath } from "../fault.js";
import { nodeConf } from "../testing/random-workflow.js";
import { type KnownOpTypes, planDag, validateWorkflow } from "./plan-dag.js";
import type { NodeConf, WorkflowConf } from "./workflow-conf.js";

const anyType: KnownOpTypes = { has: () => true, types: () => [], optionsOf: () => undefined };

function node(name: string, dependencies: string[] = [], conf: Partial<NodeConf> = {}): NodeConf {
  return { ...nodeConf(name, dependencies), ...conf };
}

/** A node that changes what it depends on. */
function writer(name: string, dependency: string, conf: Partial<NodeConf> = {}): NodeConf {
  return node(name, [], { dependencies: [{ name: dependency, mode: "RW" }], ...conf });
}

const workflow = (nodes: NodeConf[], workflowType = "Parallel"): WorkflowConf => ({
  name: "w1",
  workflowType,
  nodes,
});

function faultsOf(nodes: NodeConf[], workflowType?: string): string[] {
  return validateWorkflow(workflow(nodes, workflowType), anyType).map(
    ({ path, message }) => `${formatFieldPath(path)}: ${message}`,
  );
}

const cases: { of: string; nodes: NodeConf[]; faults: string[] }[] = [
  {
    of: "numbers out of range",
    nodes: [
      node("a", [], { timeoutMs: 0, retries: 11, retryBackoffMs: -1 }),
      node("b", ["a"], { mapOver: "a", mapConcurrency: 257, timeoutMs: 1.5 }),
    ],
    faults: [
      "nodes[0].timeout_ms: timeout_ms is 0, must be a whole number from 1 to 86400000",
      "nodes[0].retries: retries is 11, must be a whole number from 0 to 10",
      "nodes[0].retry_backoff_ms: retry_backoff_ms is -1, must be a whole number from 0 to 60000",
      "nodes[1].timeout_ms: timeout_ms is 1.5, must be a whole number from 1 to 86400000",
      "nodes[1].map_concurrency: map_concurrency is 257, must be a whole number from 1 to 256",
    ],
  },
  {
    of: "map_concurrency of a node that does not map",
    nodes: [node("a", [], { mapConcurrency: 2 })],
    faults: ["nodes[0].map_concurrency: has no effect without map_over: remove it, or say what to map over"],
  },
  {
    of: "a map over what is no dependency, with the name it may have meant",
    nodes: [
      node("detect"),
      node("b", ["detect"], { mapOver: "detetc.boxes" }),
      node("c", ["b"], { mapOver: "" }),
    ],
    faults: [
      'nodes[1].map_over: node "b" has no dependency on "detetc"; did you mean "detect"?',
      'nodes[2].map_over: node "c" has no dependency on ""; it may name "startup_op", "b"',
    ],
  },
  {
    of: "a map over a dependency with a dot and nothing behind it",
    nodes: [node("a"), node("b", ["a"], { mapOver: "a." })],
    faults: ['nodes[1].map_over: node "b" has no dependency on "a."; did you mean "a"?'],
  },
  {
    of: "a condition on what is no node, with the name it may have meant",
    nodes: [node("small"), node("b", [], { when: "smal.score < 1 and startup_op.x == 1" }), node("c", ["b"])],
    faults: ['nodes[1].when: no node named "smal" in workflow "w1"; did you mean "small"?'],
  },
  {
    of: "a condition on the node's own output, and on one that stands by",
    nodes: [
      node("a", [], { fallback: "z", when: "a.x == 1" }),
      node("z"),
      node("b", ["a"], { when: "present(z)" }),
    ],
    faults: [
      'nodes[0].when: node "a" cannot have a condition on its own output: name another node',
      'nodes[2].when: node "z" stands by for "a": name "a"',
    ],
  },
  {
    of: "conditions on each other",
    nodes: [
      node("a", [], { when: "present(b)" }),
      node("b", [], { when: "present(a)" }),
      node("c", ["a", "b"]),
    ],
    faults: [
      'nodes[0].dependencies: the nodes "a", "b" of workflow "w1" depend on each other in a cycle: take a dependency or condition between them out',
    ],
  },
  {
    of: "a fallback that does not exist, with the name it may have meant",
    nodes: [node("a", [], { fallback: "standbi" }), node("standby", []), node("b", ["a", "standby"])],
    faults: ['nodes[0].fallback: no node named "standbi" in workflow "w1"; did you mean "standby"?'],
  },
  {
    of: "a node that is its own fallback",
    nodes: [node("a", [], { fallback: "a" })],
    faults: ['nodes[0].fallback: node "a" cannot be its own fallback: name another node'],
  },
  {
    of: "a fallback of two nodes",
    nodes: [node("a", [], { fallback: "s" }), node("b", ["a"], { fallback: "s" }), node("s")],
    faults: ['nodes[1].fallback: node "s" already stands by for "a": give "b" a fallback of its own'],
  },
  {
    of: "a fallback that reads the node it stands by for",
    nodes: [node("a", [], { fallback: "s" }), node("s", ["a"])],
    faults: [
      'nodes[0].fallback: node "s" depends on "a", whose output is missing when it has to stand in: take that dependency out, or name another node',
    ],
  },
  {
    of: "a dependency on a fallback",
    nodes: [node("a", [], { fallback: "s" }), node("s"), node("b", ["s"])],
    faults: ['nodes[2].dependencies[0].name: node "s" stands by for "a": depend on "a"'],
  },
  {
    of: "a fallback that waits for a dependent of its node",
    nodes: [node("a", [], { fallback: "s" }), node("b", ["a"]), node("s", ["b"])],
    faults: [
      'nodes[0].fallback: the nodes "b", "s" of workflow "w1" depend on each other in a cycle: "s" stands by for "a", waits for it, and what depends on it waits for both: give "a" another fallback',
    ],
  },
  {
    of: "nodes that are each other's fallback",
    nodes: [node("a", [], { fallback: "b" }), node("b", [], { fallback: "a" })],
    faults: [
      'nodes[0].fallback: the nodes "a", "b" of workflow "w1" depend on each other in a cycle: "b" stands by for "a", waits for it, and what depends on it waits for both: give "a" another fallback',
    ],
  },
  {
    of: "what cannot be done twice with an output that is changed",
    nodes: [
      node("a"),
      writer("b", "a", { retries: 1, fallback: "s", timeoutMs: 5 }),
      node("s"),
      writer("c", "b", { mapOver: "b" }),
    ],
    faults: [
      'nodes[1].retries: node "b" changes the output of "a" (mode "RW") and cannot run again once it has failed halfway: read it with mode "RO", or change it in a node of its own',
      'nodes[1].fallback: node "b" changes the output of "a" (mode "RW") and may leave it half changed for its fallback and dependents: read it with mode "RO", or change it in a node of its own',
      'nodes[3].map_over: node "c" changes the output of "b" (mode "RW") and cannot run once per item, all at once: read it with mode "RO", or change it in a node of its own',
    ],
  },
];

describe("validateWorkflow tells of", () => {
  for (const { of, nodes, faults } of cases) {
    test(of, () => assert.deepEqual(faultsOf(nodes), faults));
  }

  test("a condition that cannot be read, as the parser of conditions does", () => {
    const [fault, ...others] = faultsOf([node("a"), node("b", ["a"], { when: "a.x <" })]);
    assert.match(fault ?? "", /^nodes\[1\]\.when: column \d+: /);
    assert.deepEqual(others, []);
  });
});

describe("a workflow with fallbacks", () => {
  const plan = planDag(
    workflow([
      node("last", ["a"], { fallback: "z" }),
      node("a", [], { fallback: "b" }),
      node("b", [], { fallback: "c" }),
      node("c"),
      node("z"),
    ]),
    anyType,
  );

  test("ends with its last regular node", () => assert.equal(plan.lastNode.name, "last"));

  test("has each fallback after its node, and dependents after both", () => {
    assert.deepEqual(
      plan.nodes.map(({ name, stage, waitsFor, fallback, standsInFor }) => ({
        name,
        stage,
        waitsFor,
        fallback,
        standsInFor,
      })),
      [
        { name: "a", stage: 0, waitsFor: [], fallback: 3, standsInFor: undefined },
        { name: "b", stage: 1, waitsFor: [2], fallback: 4, standsInFor: 2 },
        { name: "c", stage: 2, waitsFor: [3], fallback: undefined, standsInFor: 3 },
        { name: "last", stage: 3, waitsFor: [2, 3, 4], fallback: 5, standsInFor: undefined },
        { name: "z", stage: 4, waitsFor: [1], fallback: undefined, standsInFor: 1 },
      ],
    );
  });
});

describe("outputs that nodes change side by side", () => {
  const race = (writerName: string, rival: string, does: string): string =>
    `node "${writerName}" changes the output of "a" while node "${rival}" ${does}: let "${writerName}" depend on "${rival}" or "${rival}" on "${writerName}", or copy it in a node of its own`;

  test("are refused in a Parallel workflow, with a reader or another writer", () => {
    assert.deepEqual(faultsOf([node("a"), writer("b", "a"), node("c", ["a"]), node("last", ["b", "c"])]), [
      `nodes[1].dependencies[0].mode: ${race("b", "c", "reads it")}`,
    ]);
    assert.deepEqual(faultsOf([node("a"), writer("b", "a"), writer("c", "a"), node("last", ["b", "c"])]), [
      `nodes[2].dependencies[0].mode: ${race("c", "b", "changes it too")}`,
    ]);
  });

  test("are fine when one waits for the other, directly or not, also through a fallback", () => {
    const c = node("c", ["a", "between"]);
    assert.deepEqual(faultsOf([node("a"), writer("b", "a"), node("between", ["b"]), c]), []);
    const afterFallback = [
      node("a"),
      node("main", [], { fallback: "s" }),
      writer("s", "a"),
      node("last", ["main", "a"]),
    ];
    assert.deepEqual(faultsOf(afterFallback), []);
  });

  test("are fine in a Sequence, where conf gives the order", () => {
    const nodes = [
      node("a"),
      writer("b", "a"),
      writer("c", "a"),
      node("d", ["a"]),
      node("last", ["b", "c", "d"]),
    ];
    assert.deepEqual(faultsOf(nodes, "Sequence"), []);
  });
});
