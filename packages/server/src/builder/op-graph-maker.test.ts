import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, OpWithChannel } from "@paddlewheel/core";
import type { OpGraph } from "./op-graph.js";
import { OpGraphMaker } from "./op-graph-maker.js";
import { OpMaker } from "./op-maker.js";
import type { OpNode } from "./op-node.js";
import { DescribeOp, MergeOp, TopKOp } from "./testing/shop-ops.js";

function names({ conf }: OpGraph): readonly string[] {
  return conf.nodes.map(({ name }) => name);
}

/** The lines of the error, without the graph they all name. */
function faults(maker: OpGraphMaker): readonly string[] {
  try {
    maker.getOpGraph();
  } catch (error) {
    assert.ok(error instanceof Error && "code" in error);
    assert.equal(error.code, Code.invalidConf);
    return error.message.split("\n").map((line) => line.replace(/^graph "workflow1" ?/, ""));
  }
  assert.fail("the graph was not refused");
}

function graphOf(...nodes: readonly OpNode<unknown>[]): OpGraphMaker {
  return new OpGraphMaker().addOp(...nodes);
}

describe("OpGraphMaker", () => {
  test("makes Paddle Serving's workflow1, a Sequence, unless told otherwise", () => {
    const read = new OpMaker().create("general_reader");
    const { conf } = graphOf(read).getOpGraph();
    assert.deepEqual(conf, { name: "workflow1", workflowType: "Sequence", nodes: [read.conf] });
    const other = new OpGraphMaker({ name: "rank", type: "Parallel" }).addOp(read).getOpGraph();
    assert.deepEqual(other.conf, { name: "rank", workflowType: "Parallel", nodes: [read.conf] });
  });

  test("keeps nodes in the order they are added, with their classes", () => {
    const op = new OpMaker();
    const read = op.create("general_reader");
    const top = op.create(TopKOp, { inputs: [read] });
    const graph = new OpGraphMaker().addOp(top).addOp(read).getOpGraph();
    assert.deepEqual(names(graph), ["TopKOp_0", "GeneralReaderOp_0"]);
    assert.equal(graph.opClasses[0], TopKOp);
  });

  test("brings a fallback in right behind its node, and its own fallback behind that", () => {
    const op = new OpMaker();
    const read = op.create("general_reader", { name: "read" });
    const last = op.create(MergeOp, { name: "last" });
    const second = op.create(MergeOp, { name: "second", inputs: [read], fallback: last });
    const top = op.create(TopKOp, { name: "top", inputs: [read], fallback: second });
    const end = op.create(DescribeOp, { name: "end", inputs: [top] });
    assert.deepEqual(names(graphOf(read, top, end).getOpGraph()), ["read", "top", "second", "last", "end"]);
    assert.deepEqual(names(graphOf(last, read, top, end).getOpGraph()), [
      "last",
      "read",
      "top",
      "second",
      "end",
    ]);
  });

  test("refuses an input that is not in the graph", () => {
    const op = new OpMaker();
    const top = op.create(TopKOp, { name: "top", inputs: [op.create("general_reader", { name: "read" })] });
    assert.deepEqual(faults(graphOf(top)), [
      'node "top" inputs[0]: the node "read" is not in the graph: add it with addOp',
    ]);
  });

  test("refuses the node of another graph that has the name of one of its own", () => {
    const mine = new OpMaker();
    const other = new OpMaker();
    const top = mine.create(TopKOp, {
      inputs: [mine.create("general_copy"), other.create("general_reader")],
    });
    assert.deepEqual(faults(graphOf(mine.create("general_copy"), mine.create("general_reader"), top)), [
      'node "TopKOp_0" inputs[0]: the node "GeneralCopyOp_0" is not in the graph: add it with addOp',
      'node "TopKOp_0" inputs[1]: is the node "GeneralReaderOp_0" of another graph: take the one of this graph',
    ]);
  });

  test("refuses two nodes of one name", () => {
    const op = new OpMaker();
    const read = op.create("general_reader", { name: "a" });
    const top = op.create(TopKOp, { name: "a", inputs: [read] });
    assert.deepEqual(faults(graphOf(read, top)), [
      'node "a" name: node name "a" is already taken by nodes[0] of workflow "workflow1": give it another',
    ]);
    assert.deepEqual(faults(graphOf(read, read)), [
      'node "a" name: node name "a" is already taken by nodes[0] of workflow "workflow1": give it another',
    ]);
  });

  test("refuses a graph without nodes", () => {
    assert.deepEqual(faults(new OpGraphMaker()), [
      ': workflow "workflow1" has no nodes, it needs at least one: add it with addOp',
    ]);
  });

  test("refuses a graph with two last nodes", () => {
    const op = new OpMaker();
    const read = op.create("general_reader");
    const [a, b] = [op.create(TopKOp, { inputs: [read] }), op.create(MergeOp, { inputs: [read] })];
    assert.deepEqual(faults(graphOf(read, a, b)), [
      ': workflow "workflow1" ends with 2 nodes ("TopKOp_0", "MergeOp_0"), the last stage must be exactly one: its output is the response, let one depend on the others',
    ]);
  });

  test("refuses a cycle, which only a fallback can close", () => {
    const op = new OpMaker();
    const spare = op.create(MergeOp, { name: "spare" });
    const top = op.create(MergeOp, { name: "top", inputs: [spare], fallback: spare });
    const [line = ""] = faults(graphOf(top));
    assert.match(
      line,
      /^node "(top|spare)" fallback: the nodes "\w+", "\w+" of workflow "workflow1" depend on/,
    );
  });

  test("tells of every field by the word of the builder", () => {
    const op = new OpMaker();
    const read = op.create("general_reader", { name: "read" });
    const top = op.create(TopKOp, {
      name: "top",
      inputs: [{ node: read, mode: "RX" as "RO" }],
      config: { k: 1.5, label: "x" },
      when: "present(raed)",
      timeoutMs: 0,
      retries: 11,
      retryBackoffMs: -1,
    });
    assert.deepEqual(faults(graphOf(read, top)), [
      'node "top" config.k: must be a whole number from -2147483648 to 2147483647, not "1.5"',
      'node "top" inputs[0].mode: mode is "RX", must be "RO" or "RW"',
      'node "top" timeoutMs: timeout_ms is 0, must be a whole number from 1 to 86400000',
      'node "top" retries: retries is 11, must be a whole number from 0 to 10',
      'node "top" retryBackoffMs: retry_backoff_ms is -1, must be a whole number from 0 to 60000',
      'node "top" when: no node named "raed" in workflow "workflow1"; did you mean "read"?',
    ]);
    const maker = new OpGraphMaker({ type: "Sequenz" as "Sequence" }).addOp(read);
    assert.deepEqual(faults(maker), [
      'type: workflow "workflow1" has the type "Sequenz", must be "Sequence" or "Parallel"',
    ]);
  });

  test("refuses two classes of one type", () => {
    class Impostor extends OpWithChannel<string> {
      static readonly type: string = "TopKOp";
      inference(): void {}
    }
    const op = new OpMaker();
    const read = op.create("general_reader");
    const top = op.create(TopKOp, { name: "top", inputs: [read] });
    const end = op.create(Impostor, { name: "end", inputs: [] });
    assert.deepEqual(faults(graphOf(read, top, end)).slice(0, 1), [
      'node "end" type: there is another Op of the type "TopKOp": give the class Impostor a static type of its own',
    ]);
  });

  test("writes the workflow file, naming the modules of Ops that others do not have", () => {
    const op = new OpMaker();
    const read = op.create("general_reader", { name: "read" });
    const top = op.create(TopKOp, { name: "top", inputs: [read], config: { k: 3 } });
    const module = new URL("testing/shop-ops.js", import.meta.url).pathname;
    assert.equal(
      graphOf(read, top, op.create(DescribeOp, { name: "end", inputs: [top] })).toPrototxt(),
      `workflows {
  name: "workflow1"
  workflow_type: "Sequence"
  nodes {
    name: "read"
    type: "GeneralReaderOp"
  }
  nodes {
    name: "top"
    type: "TopKOp"
    dependencies {
      name: "read"
      mode: "RO"
    }
    config {
      key: "k"
      value: "3"
    }
  }
  nodes {
    name: "end"
    type: "DescribeOp"
    dependencies {
      name: "top"
      mode: "RO"
    }
  }
}
ops: "${module}"
`,
    );
    assert.match(graphOf(read).toYaml(), /^workflows:\n {2}- name: workflow1\n/);
  });

  test("cannot write down an Op whose module nobody knows", () => {
    const op = new OpMaker();
    const read = op.create("general_reader");
    class HomelessOp extends OpWithChannel<string> {
      inference(): void {}
    }
    const end = op.create(HomelessOp, { name: "end", inputs: [read] });
    assert.throws(() => graphOf(read, end).toPrototxt(), {
      code: Code.invalidConf,
      message:
        'graph "workflow1" node "end": conf cannot name the Op HomelessOp: give the class "static readonly module = import.meta.url", and export it from that file',
    });
  });
});
