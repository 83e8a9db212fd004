import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Code } from "../code.js";
import { formatFieldPath } from "../fault.js";
import { defineConfig } from "../op/op-config.js";
import { nodeConf, randomWorkflow } from "../testing/random-workflow.js";
import { type KnownOpTypes, planDag, validateWorkflow } from "./plan-dag.js";
import { type DependencyConf, type NodeConf, startupOp, type WorkflowConf } from "./workflow-conf.js";

const knownTypes = ["ImageReaderOp", "ResizeOp", "GeneralInferOp"];
const opTypes: KnownOpTypes = {
  has: (type) => knownTypes.includes(type),
  types: () => knownTypes,
  optionsOf: (type) => ({ config: defineConfig(type === "ResizeOp" ? { width: { int32: 224 } } : {}) }),
};
const anyType: KnownOpTypes = { has: () => true, types: () => [], optionsOf: () => undefined };

function workflow(nodes: readonly NodeConf[], workflowType = "Sequence"): WorkflowConf {
  return { name: "w1", workflowType, nodes };
}

function reader(name: string, ...dependencies: (string | DependencyConf)[]): NodeConf {
  const confs = dependencies.map((to) => (typeof to === "string" ? { name: to, mode: "RO" } : to));
  return { ...nodeConf(name, [], "ImageReaderOp"), dependencies: confs };
}

function faultsOf(conf: WorkflowConf): string[] {
  return validateWorkflow(conf, opTypes).map(({ path, message }) => `${formatFieldPath(path)}: ${message}`);
}

const cases: { of: string; conf: WorkflowConf; faults: string[] }[] = [
  {
    of: "an unknown type, with the name it may have meant",
    conf: workflow([nodeConf("a", [], "ResiseOp")]),
    faults: ['nodes[0].type: no Op type named "ResiseOp"; did you mean "ResizeOp"?'],
  },
  {
    of: "an unknown type that is near to nothing",
    conf: workflow([nodeConf("a", [], "Blur")]),
    faults: [
      'nodes[0].type: no Op type named "Blur": register its class, or name its module in the ops of conf',
    ],
  },
  {
    of: "the options of a node, each by its name",
    conf: workflow([
      { ...nodeConf("a", [], "ResizeOp"), config: { width: "wide", hight: "2" } },
      { ...reader("b", "a"), config: { k: "1" } },
    ]),
    faults: [
      'nodes[0].config.width: must be a whole number from -2147483648 to 2147483647, not "wide"',
      'nodes[0].config.hight: no option named "hight", there is "width"',
      'nodes[1].config.k: no option named "k": the Op takes none, remove it',
    ],
  },
  {
    of: "an unknown dependency, with the name it may have meant",
    conf: workflow([reader("resize"), reader("b", "reisze")]),
    faults: [
      'nodes[1].dependencies[0].name: no node named "reisze" in workflow "w1"; did you mean "resize"?',
    ],
  },
  {
    of: "an unknown dependency without offering the node itself",
    conf: workflow([reader("resize", "resise")]),
    faults: ['nodes[0].dependencies[0].name: no node named "resise" in workflow "w1", there is "startup_op"'],
  },
  {
    of: "a misspelt startup_op",
    conf: workflow([reader("a", "startup-op")]),
    faults: [
      'nodes[0].dependencies[0].name: no node named "startup-op" in workflow "w1"; did you mean "startup_op"?',
    ],
  },
  {
    of: "a node name that is taken",
    conf: workflow([reader("a"), reader("b", "a"), reader("a", "b")]),
    faults: ['nodes[2].name: node name "a" is already taken by nodes[0] of workflow "w1": give it another'],
  },
  {
    of: "a node without a name",
    conf: workflow([reader("")]),
    faults: ["nodes[0].name: a node needs a name"],
  },
  {
    of: "a node with the name of the request",
    conf: workflow([reader("startup_op")]),
    faults: ['nodes[0].name: "startup_op" is the request, a node cannot have its name: give it another'],
  },
  {
    of: "a node that depends on itself",
    conf: workflow([reader("a", "a")]),
    faults: ['nodes[0].dependencies[0].name: node "a" cannot depend on itself: name a node before it'],
  },
  {
    of: "two nodes of one name without calling the one a dependency of itself",
    conf: workflow([reader("a"), reader("a", "a")]),
    faults: ['nodes[1].name: node name "a" is already taken by nodes[0] of workflow "w1": give it another'],
  },
  {
    of: "a dependency named twice",
    conf: workflow([reader("a"), reader("b", "a", { name: "a", mode: "RW" })]),
    faults: ['nodes[1].dependencies[1].name: node "b" already depends on "a": name it once'],
  },
  {
    of: "a mode that is neither RO nor RW",
    conf: workflow([reader("a"), reader("b", { name: "a", mode: "rw" })]),
    faults: ['nodes[1].dependencies[0].mode: mode is "rw", must be "RO" or "RW"'],
  },
  {
    of: "a wish to change the request",
    conf: workflow([reader("a", { name: "startup_op", mode: "RW" })]),
    faults: [
      'nodes[0].dependencies[0].mode: the request is shared by all nodes, "startup_op" can only be read: mode must be "RO"',
    ],
  },
  {
    of: "an unknown workflow_type",
    conf: workflow([reader("a")], "parallel"),
    faults: ['workflow_type: workflow "w1" has the type "parallel", must be "Sequence" or "Parallel"'],
  },
  {
    of: "a workflow without nodes",
    conf: workflow([]),
    faults: ['nodes: workflow "w1" has no nodes, it needs at least one'],
  },
  {
    of: "several last nodes",
    conf: workflow([reader("a"), reader("b", "a"), reader("c", "a")]),
    faults: [
      'nodes: workflow "w1" ends with 2 nodes ("b", "c"), the last stage must be exactly one: its output is the response, let one depend on the others',
    ],
  },
  {
    of: "a cycle, without the nodes before and after it",
    conf: workflow([reader("before"), reader("a", "before", "b"), reader("b", "a"), reader("after", "b")]),
    faults: [
      'nodes[1].dependencies: the nodes "a", "b" of workflow "w1" depend on each other in a cycle: take a dependency or condition between them out',
    ],
  },
  {
    of: "each cycle by itself, without the nodes between them",
    conf: workflow([
      reader("a", "b"),
      reader("b", "a"),
      reader("between", "b"),
      reader("d", "c", "between"),
      reader("c", "d"),
    ]),
    faults: [
      'nodes[0].dependencies: the nodes "a", "b" of workflow "w1" depend on each other in a cycle: take a dependency or condition between them out',
      'nodes[3].dependencies: the nodes "d", "c" of workflow "w1" depend on each other in a cycle: take a dependency or condition between them out',
    ],
  },
];

describe("validateWorkflow", () => {
  for (const { of, conf, faults } of cases) {
    test(`tells of ${of}`, () => assert.deepEqual(faultsOf(conf), faults));
  }

  test("tells of all faults of a workflow at once, in conf order", () => {
    const nodes = [reader("a", "x"), nodeConf("a", [], "ResizeO"), reader("c", { name: "c", mode: "R" })];
    assert.deepEqual(faultsOf(workflow(nodes, "Serial")), [
      'workflow_type: workflow "w1" has the type "Serial", must be "Sequence" or "Parallel"',
      'nodes[0].dependencies[0].name: no node named "x" in workflow "w1", there is "startup_op", "c"',
      'nodes[1].name: node name "a" is already taken by nodes[0] of workflow "w1": give it another',
      'nodes[1].type: no Op type named "ResizeO"; did you mean "ResizeOp"?',
      'nodes[2].dependencies[0].name: node "c" cannot depend on itself: name a node before it',
      'nodes[2].dependencies[0].mode: mode is "R", must be "RO" or "RW"',
    ]);
  });

  test("finds nothing wrong with a workflow whose nodes read startup_op and leave outputs unread", () => {
    const nodes = [reader("a", "startup_op"), reader("unread"), reader("b", "a")];
    assert.deepEqual(faultsOf(workflow(nodes)), []);
  });
});

describe("planDag", () => {
  test("throws all faults in one error, a line each, with the name of the workflow", () => {
    const conf = workflow([reader("a", "a"), nodeConf("b", [], "Blur")]);
    assert.throws(() => planDag(conf, opTypes), {
      name: "ServeError",
      code: Code.invalidConf,
      message: [
        'workflow "w1".nodes[0].dependencies[0].name: node "a" cannot depend on itself: name a node before it',
        'workflow "w1".nodes[1].type: no Op type named "Blur": register its class, or name its module in the ops of conf',
      ].join("\n"),
    });
  });

  test("numbers nodes in conf order from 1 and links them both ways", () => {
    const rw = { name: "b", mode: "RW" };
    const plan = planDag(workflow([reader("c", rw, "startup_op"), reader("b")], "Parallel"), opTypes);
    const [b, c] = plan.nodes;
    assert.deepEqual([b?.name, b?.id, b?.stage, b?.dependencies, b?.dependents], ["b", 2, 0, [], [1]]);
    assert.deepEqual(c?.dependencies, [
      { name: "b", mode: "RW", id: 2 },
      { name: "startup_op", mode: "RO", id: 0 },
    ]);
    assert.equal(plan.lastNode, c);
    assert.equal(plan.type, "Parallel");
  });

  test("puts every node in exactly one stage: the one after its last dependency", () => {
    fc.assert(
      fc.property(randomWorkflow, (conf) => {
        const { nodes, stages, lastNode } = planDag(conf, anyType);
        assert.deepEqual(stages.flat(), nodes);
        assert.deepEqual(nodes.map(({ conf: node }) => node).sort(byName), [...conf.nodes].sort(byName));
        const stageOf = new Map([[startupOp, -1], ...nodes.map(({ name, stage }) => [name, stage] as const)]);
        for (const [index, stage] of stages.entries()) {
          for (const node of stage) {
            const before = node.dependencies.map(({ name }) => stageOf.get(name) ?? Number.NaN);
            assert.equal(node.stage, index);
            assert.equal(index, Math.max(-1, ...before) + 1);
          }
        }
        assert.equal(lastNode.name, "last");
      }),
    );
  });

  test("keeps conf order within a stage", () => {
    fc.assert(
      fc.property(randomWorkflow, (conf) => {
        for (const stage of planDag(conf, anyType).stages) {
          const ids = stage.map(({ id }) => id);
          assert.deepEqual(
            ids,
            [...ids].sort((a, b) => a - b),
          );
        }
      }),
    );
  });

  test("refuses any graph with a cycle and names exactly the nodes that can come back to themselves", () => {
    fc.assert(
      fc.property(cyclicWorkflow, (conf) => {
        const message = validateWorkflow(conf, anyType)
          .map((fault) => fault.message.split(" of workflow")[0])
          .join();
        const named = [...message.matchAll(/"(\w+)"/g)].map(([, name]) => name);
        assert.deepEqual(new Set(named), new Set(nodesOnCycles(conf)));
        assert.equal(named.length, new Set(named).size);
      }),
    );
  });
});

const byName = (a: NodeConf, b: NodeConf): number => a.name.localeCompare(b.name);

/** A right workflow with one more dependency that closes a cycle: of an earlier node on a later one. */
const cyclicWorkflow = randomWorkflow
  .filter(({ nodes }) => nodesOnPaths(nodes).length > 0)
  .chain((conf) =>
    fc
      .uniqueArray(fc.constantFrom(...nodesOnPaths(conf.nodes)), { minLength: 1, maxLength: 3 })
      .map((extra) => ({
        ...conf,
        nodes: conf.nodes.map((node) => ({
          ...node,
          dependencies: [
            ...node.dependencies,
            ...extra.filter(([from]) => from === node.name).map(([, to]) => ({ name: to, mode: "RO" })),
          ],
        })),
      })),
  );

/** Pairs [a, b] of nodes where b depends on a, directly or through others. */
function nodesOnPaths(nodes: readonly NodeConf[]): [string, string][] {
  const names = nodes.map(({ name }) => name);
  const pairs = new Set(
    nodes.flatMap(({ name, dependencies }) => dependencies.map((to) => `${to.name} ${name}`)),
  );
  for (const through of names) {
    for (const a of names) {
      for (const b of names) {
        if (pairs.has(`${a} ${through}`) && pairs.has(`${through} ${b}`)) pairs.add(`${a} ${b}`);
      }
    }
  }
  return [...pairs].map((pair) => pair.split(" ") as [string, string]).filter(([from]) => from !== startupOp);
}

function nodesOnCycles(conf: WorkflowConf): string[] {
  return nodesOnPaths(conf.nodes).flatMap(([a, b]) => (a === b ? [a] : []));
}
