import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, type NodeConf } from "@paddlewheel/core";
import { GeneralInferOp } from "../general/general-infer-op.js";
import type { builtInOps } from "./built-in-ops.js";
import { itemsOf, requestItems } from "./op-items.js";
import { OpMaker } from "./op-maker.js";
import { FormatOp, MergeOp, TopKOp } from "./testing/shop-ops.js";

/** What conf says of a node that nothing is said of. */
const plain: Omit<NodeConf, "name" | "type"> = {
  dependencies: [],
  address: [],
  config: {},
  when: undefined,
  mapOver: undefined,
  mapConcurrency: undefined,
  fallback: undefined,
  timeoutMs: undefined,
  retries: undefined,
  retryBackoffMs: undefined,
};

describe("OpMaker", () => {
  test("numbers the nodes of a type, leaving out those with a name", () => {
    const op = new OpMaker();
    const nodes = [
      op.create("general_reader"),
      op.create("GeneralInferOp"),
      op.create("general_infer", { engineName: "cnn" }),
      op.create(GeneralInferOp),
      op.create(TopKOp, { name: "top" }),
      op.create(TopKOp),
    ];
    assert.deepEqual(
      nodes.map(({ name }) => name),
      ["GeneralReaderOp_0", "GeneralInferOp_0", "cnn", "GeneralInferOp_1", "top", "TopKOp_0"],
    );
  });

  test("makes a node as conf has it", () => {
    const op = new OpMaker();
    const read = op.create("general_reader", { name: "read" });
    assert.deepEqual(read.conf, { ...plain, name: "read", type: "GeneralReaderOp" });
    const spare = op.create(MergeOp, { name: "spare" });
    const top = op.create(TopKOp, {
      name: "top",
      inputs: [op.create("general_copy", { name: "copy", inputs: [read] }), { node: read, mode: "RW" }],
      config: { k: 3, label: "best", scale: 0.1, exact: true },
      when: "present(copy)",
      fallback: spare,
      timeoutMs: 50,
      retries: 2,
      retryBackoffMs: 5,
      address: ["127.0.0.1:80"],
    });
    assert.deepEqual(top.conf, {
      ...plain,
      name: "top",
      type: "TopKOp",
      dependencies: [
        { name: "copy", mode: "RO" },
        { name: "read", mode: "RW" },
      ],
      config: { k: "3", label: "best", scale: "0.1", exact: "true" },
      when: "present(copy)",
      fallback: "spare",
      timeoutMs: 50,
      retries: 2,
      retryBackoffMs: 5,
      address: ["127.0.0.1:80"],
    });
  });

  test("leaves out what is the default of conf", () => {
    const op = new OpMaker();
    const read = op.create("general_reader", { name: "read", retries: 0, retryBackoffMs: 0 });
    assert.deepEqual(read.conf, { ...plain, name: "read", type: "GeneralReaderOp" });
    const infer = op.createMapped("general_infer", { mapOver: itemsOf(read), mapConcurrency: 16 });
    assert.equal(infer.conf.mapConcurrency, undefined);
  });

  test("makes what a mapped node runs over an input of it", () => {
    const op = new OpMaker();
    const top = op.create(TopKOp, { name: "top" });
    const format = op.createMapped(FormatOp, { mapOver: itemsOf(top, "best"), mapConcurrency: 4 });
    assert.deepEqual(format.conf, {
      ...plain,
      name: "FormatOp_0",
      type: "FormatOp",
      dependencies: [{ name: "top", mode: "RO" }],
      mapOver: "top.best",
      mapConcurrency: 4,
    });
    assert.deepEqual(format.inputs, [top]);
  });

  test("leaves an input of a mapped node that is named as one in its place", () => {
    const op = new OpMaker();
    const [a, b] = [op.create("general_reader", { name: "a" }), op.create("general_reader", { name: "b" })];
    const infer = op.createMapped("general_infer", { inputs: [a, b], mapOver: itemsOf(a) });
    assert.deepEqual(
      infer.conf.dependencies.map(({ name }) => name),
      ["a", "b"],
    );
    assert.equal(infer.conf.mapOver, "a");
  });

  test("maps over the request without an input", () => {
    const { conf } = new OpMaker().createMapped(FormatOp, { mapOver: requestItems<number>("ids") });
    assert.equal(conf.mapOver, "startup_op.ids");
    assert.deepEqual(conf.dependencies, []);
  });

  test("refuses two names", () => {
    const op = new OpMaker();
    assert.throws(() => op.create("general_infer", { name: "a", engineName: "b" }), {
      code: Code.invalidConf,
      message:
        'GeneralInferOp: the name "a" and the engineName "b" differ: a node runs the engine of its own name, give one of them',
    });
    assert.equal(op.create("general_infer", { name: "a", engineName: "a" }).name, "a");
  });

  test("tells plain JavaScript which built-in Ops there are", () => {
    const op = new OpMaker();
    const create = (name: string) => op.create(name as keyof typeof builtInOps);
    assert.throws(() => create("general_inferr"), {
      code: Code.invalidConf,
      message: 'no built-in Op named "general_inferr"; did you mean "general_infer"?',
    });
    assert.throws(() => create("constructor"), {
      message: 'no built-in Op named "constructor": give create the class of an Op of your own',
    });
  });
});
