import assert from "node:assert/strict";
import { test } from "node:test";
import type { GeneralBlob } from "@paddlewheel/core";
import type { GeneralResponse } from "@paddlewheel/wire";
import { GeneralInferOp } from "../general/general-infer-op.js";
import { GeneralReaderOp } from "../general/general-reader-op.js";
import { GeneralResponseOp } from "../general/general-response-op.js";
import { itemsOf, requestItems } from "./op-items.js";
import { OpMaker } from "./op-maker.js";
import type { OpNode } from "./op-node.js";
import { OpSeqMaker } from "./op-seq-maker.js";
import { DescribeOp, FormatOp, JoinOp, MergeOp, type Ranking, TopKOp } from "./testing/shop-ops.js";

// The compiler runs these tests: a line that should not compile and does fails the build.

type IsEqual<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles when the node is of exactly this type. */
function is<Node>(): <Given>(node: Given, same: IsEqual<Given, Node>) => void {
  return (node) => assert.ok(node);
}

test("a node knows what its Op gives and takes, without a word", () => {
  const op = new OpMaker();
  const read = op.create(GeneralReaderOp);
  is<OpNode<GeneralBlob, GeneralBlob>>()(read, true);
  const infer = op.create("general_infer", { engineName: "uci", inputs: [read] });
  is<OpNode<GeneralBlob, GeneralBlob>>()(infer, true);
  is<OpNode<GeneralResponse, GeneralBlob>>()(op.create("general_response", { inputs: [infer] }), true);
  const top = op.create(TopKOp, { inputs: [infer], config: { k: 3 } });
  is<OpNode<Ranking, GeneralBlob>>()(top, true);
  is<OpNode<string, Ranking>>()(op.create(DescribeOp, { inputs: [top] }), true);
});

test("an input of the wrong type does not compile", () => {
  const op = new OpMaker();
  const read = op.create("general_reader");
  const top = op.create(TopKOp, { inputs: [read] });
  // @ts-expect-error GeneralResponseOp takes blobs, top gives a Ranking
  op.create(GeneralResponseOp, { inputs: [top] });
  // @ts-expect-error the same, by name
  op.create("general_response", { inputs: [read, top] });
  // @ts-expect-error DescribeOp takes a Ranking, also when it may change it
  op.create(DescribeOp, { inputs: [{ node: read, mode: "RW" }] });
  op.create(DescribeOp, { inputs: [{ node: top, mode: "RW" }] });
  op.create(MergeOp, { inputs: [read, { node: top, mode: "RO" }] });
});

test("options an Op does not have, or of another kind, do not compile", () => {
  const op = new OpMaker();
  op.create(TopKOp, { config: {} });
  // @ts-expect-error k is a number
  op.create(TopKOp, { config: { k: "3" } });
  // @ts-expect-error there is no kk
  op.create(TopKOp, { config: { kk: 3 } });
  // @ts-expect-error GeneralInferOp has no k
  op.create(GeneralInferOp, { config: { k: 3 } });
  // @ts-expect-error a mode is RO or RW
  op.create(TopKOp, { inputs: [{ node: op.create("general_reader"), mode: "RX" }] });
  // @ts-expect-error only mapped nodes have items at work
  op.create(TopKOp, { mapConcurrency: 3 });
});

test("an unknown built-in Op does not compile", () => {
  // @ts-expect-error there is no general_dist_kv
  assert.throws(() => new OpMaker().create("general_dist_kv"));
});

test("a fallback gives what its node gives, or does not compile", () => {
  const op = new OpMaker();
  const read = op.create("general_reader");
  const describe = op.create(DescribeOp);
  const merge = op.create(MergeOp, { inputs: [read] });
  op.create(TopKOp, { inputs: [read], fallback: merge });
  // @ts-expect-error describe gives a text
  op.create(TopKOp, { inputs: [read], fallback: describe });
});

test("a sequence only takes a node that takes the output of the last one", () => {
  const op = new OpMaker();
  const read = op.create("general_reader");
  const infer = op.create("general_infer");
  const top = op.create(TopKOp);
  const describe = op.create(DescribeOp);
  const sequence = new OpSeqMaker().addOp(read).addOp(infer).addOp(top).addOp(describe);
  is<OpSeqMaker<string>>()(sequence, true);
  // @ts-expect-error describe takes a Ranking
  new OpSeqMaker().addOp(read).addOp(describe);
  // @ts-expect-error a response takes a blob
  new OpSeqMaker().addOp(read).addOp(top).addOp(op.create("general_response"));
});

test("a mapped node takes items and gives them all together", () => {
  const op = new OpMaker();
  const read = op.create("general_reader");
  const top = op.create(TopKOp, { inputs: [read] });
  const lines = op.createMapped(FormatOp, { mapOver: itemsOf(top, "best"), mapConcurrency: 4 });
  is<OpNode<string[], unknown>>()(lines, true);
  op.create(JoinOp, { inputs: [lines] });
  const rows = op.createMapped(GeneralInferOp, { mapOver: itemsOf(read) });
  is<OpNode<GeneralBlob, unknown>>()(rows, true);
  op.createMapped(GeneralInferOp, { mapOver: itemsOf(read, "boxes") });
  const ids = op.createMapped(FormatOp, { mapOver: requestItems<number>("ids") });
  is<OpNode<string[], unknown>>()(ids, true);
  // @ts-expect-error items of best are numbers
  op.createMapped(DescribeOp, { mapOver: itemsOf(top, "best") });
  // @ts-expect-error a Ranking has no worst
  op.createMapped(FormatOp, { mapOver: itemsOf(top, "worst") });
  // @ts-expect-error a Ranking itself is no list
  op.createMapped(FormatOp, { mapOver: itemsOf(top) });
  op.createMapped(DescribeOp, { mapOver: itemsOf(op.createMapped(TopKOp, { mapOver: itemsOf(read) })) });
  // @ts-expect-error lines is a list of texts
  op.create(TopKOp, { inputs: [lines] });
});
