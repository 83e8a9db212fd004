import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "../code.js";
import { opOf } from "../testing/op-of.js";
import { Op } from "./op.js";
import { OpRegistry, opTypeName } from "./op-registry.js";

class PlainOp extends Op {
  inference(): void {}
}

describe("OpRegistry", () => {
  test("knows a class by its static type, else by its own name", () => {
    assert.equal(opTypeName(opOf("TopK", () => 0)), "TopK");
    const registry = new OpRegistry().register(PlainOp);
    assert.equal(registry.get("PlainOp"), PlainOp);
    assert.deepEqual([...registry.types()], ["PlainOp"]);
    assert.deepEqual([...registry.entries()], [["PlainOp", PlainOp]]);
  });

  test("takes the same class twice, and no other of its name", () => {
    const registry = new OpRegistry().register(PlainOp).register(PlainOp);
    assert.throws(() => registry.register(opOf("PlainOp", () => 0)), {
      code: Code.invalidConf,
      message: 'an Op type named "PlainOp" is already registered: give this class a static type of its own',
    });
    assert.equal(registry.get("PlainOp"), PlainOp);
  });

  test("has no class of any other name", () => {
    const registry = new OpRegistry().register(PlainOp);
    assert.equal(registry.has("PlainOp"), true);
    assert.equal(registry.has("constructor"), false);
    assert.throws(() => registry.get("NoOp"), { code: Code.invalidConf, message: 'no Op type named "NoOp"' });
  });
});
