import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import { itemsOf } from "./op-items.js";
import { OpMaker } from "./op-maker.js";
import { OpSeqMaker } from "./op-seq-maker.js";
import { FormatOp, MergeOp, TopKOp } from "./testing/shop-ops.js";

describe("OpSeqMaker", () => {
  test("makes each node depend on the one before it", () => {
    const op = new OpMaker();
    const sequence = new OpSeqMaker()
      .addOp(op.create("general_reader", { name: "read" }))
      .addOp(op.create("general_infer", { name: "uci" }))
      .addOp(op.create("general_response", { name: "response" }));
    const { name, workflowType, nodes } = sequence.getOpSequence().conf;
    assert.deepEqual([name, workflowType], ["workflow1", "Sequence"]);
    assert.deepEqual(
      nodes.map(({ name, dependencies }) => [name, dependencies]),
      [
        ["read", []],
        ["uci", [{ name: "read", mode: "RO" }]],
        ["response", [{ name: "uci", mode: "RO" }]],
      ],
    );
  });

  test("is filled call by call as in Python, too", () => {
    const op = new OpMaker();
    const sequence = new OpSeqMaker();
    sequence.addOp(op.create("general_reader"));
    sequence.addOp(op.create("general_response"));
    assert.deepEqual(
      sequence.getOpSequence().conf.nodes.map(({ name }) => name),
      ["GeneralReaderOp_0", "GeneralResponseOp_0"],
    );
  });

  test("takes a node whose only input is the one before it, with its mode", () => {
    const op = new OpMaker();
    const read = op.create("general_reader", { name: "read" });
    const top = op.create(TopKOp, { inputs: [{ node: read, mode: "RW" }] });
    const format = op.createMapped(FormatOp, { mapOver: itemsOf(top, "best") });
    const { nodes } = new OpSeqMaker().addOp(read).addOp(top).addOp(format).getOpSequence().conf;
    assert.deepEqual(nodes[1]?.dependencies, [{ name: "read", mode: "RW" }]);
    assert.deepEqual(nodes[2]?.dependencies, [{ name: "TopKOp_0", mode: "RO" }]);
  });

  test("keeps a fallback beside its node", () => {
    const op = new OpMaker();
    const spare = op.create(MergeOp, { name: "spare" });
    const sequence = new OpSeqMaker()
      .addOp(op.create("general_reader", { name: "read" }))
      .addOp(op.create(TopKOp, { name: "top", fallback: spare }))
      .addOp(op.create(MergeOp, { name: "end" }));
    assert.deepEqual(
      sequence.getOpSequence().conf.nodes.map(({ name, dependencies }) => [name, dependencies[0]?.name]),
      [
        ["read", undefined],
        ["top", "read"],
        ["spare", undefined],
        ["end", "top"],
      ],
    );
  });

  test("refuses any other input", () => {
    const op = new OpMaker();
    const read = op.create("general_reader", { name: "read" });
    const copy = op.create("general_copy", { name: "copy" });
    const top = op.create(TopKOp, { name: "top", inputs: [read] });
    assert.throws(() => new OpSeqMaker().addOp(read).addOp(copy).addOp(top), {
      code: Code.invalidConf,
      message:
        'graph "workflow1" node "top" inputs: a node of a sequence may have only the node before it, "copy": use OpGraphMaker for other inputs',
    });
    const both = op.create("general_infer", { name: "both", inputs: [copy, read] });
    assert.throws(() => new OpSeqMaker({ name: "rank" }).addOp(read).addOp(copy).addOp(both), {
      message:
        'graph "rank" node "both" inputs: a node of a sequence may have only the node before it, "copy": use OpGraphMaker for other inputs',
    });
    assert.throws(() => new OpSeqMaker().addOp(top), {
      message:
        'graph "workflow1" node "top" inputs: a node of a sequence may have none, as it is the first: use OpGraphMaker for other inputs',
    });
  });

  test("writes the workflow file as prototxt and as YAML", () => {
    const sequence = new OpSeqMaker().addOp(new OpMaker().create("general_reader", { name: "read" }));
    assert.match(sequence.toPrototxt(), /^workflows {\n {2}name: "workflow1"\n/);
    assert.match(sequence.toYaml(), /^workflows:\n {2}- name: workflow1\n/);
  });
});
