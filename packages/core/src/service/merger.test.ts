import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "../code.js";
import { defaultMerger, MergerRegistry } from "./merger.js";

describe("the default merger", () => {
  const cases: { rule: string; target: object; part: object; merged: object }[] = [
    {
      rule: "appends lists",
      target: { outputs: [{ name: "a" }] },
      part: { outputs: [{ name: "b" }, { name: "c" }] },
      merged: { outputs: [{ name: "a" }, { name: "b" }, { name: "c" }] },
    },
    {
      rule: "merges messages, field by field",
      target: { head: { id: 1, tags: ["x"], inner: { a: 1 } } },
      part: { head: { text: "t", tags: ["y"], inner: { b: 2 } } },
      merged: { head: { id: 1, text: "t", tags: ["x", "y"], inner: { a: 1, b: 2 } } },
    },
    {
      rule: "lets a set scalar overwrite",
      target: { code: 1, text: "a", log: 1n, flag: true, bytes: new Uint8Array([1]) },
      part: { code: -2, text: "b", log: 2n, flag: true, bytes: new Uint8Array([2, 3]) },
      merged: { code: -2, text: "b", log: 2n, flag: true, bytes: new Uint8Array([2, 3]) },
    },
    {
      rule: "keeps what the part leaves at its default",
      target: {
        code: 1,
        text: "a",
        log: 1n,
        flag: true,
        bytes: new Uint8Array([1]),
        list: [1],
        head: { a: 1 },
      },
      part: {
        code: 0,
        text: "",
        log: 0n,
        flag: false,
        bytes: new Uint8Array(),
        list: [],
        head: undefined,
        other: null,
      },
      merged: {
        code: 1,
        text: "a",
        log: 1n,
        flag: true,
        bytes: new Uint8Array([1]),
        list: [1],
        head: { a: 1 },
      },
    },
    {
      rule: "adds fields the target does not have",
      target: {},
      part: { list: [1], head: { a: 1 }, code: 5, nan: Number.NaN },
      merged: { list: [1], head: { a: 1 }, code: 5, nan: Number.NaN },
    },
    {
      rule: "takes the array of a tensor as one value",
      target: { outputs: [{ data: new Float32Array([1]) }] },
      part: { outputs: [{ data: new Float32Array([2]) }] },
      merged: { outputs: [{ data: new Float32Array([1]) }, { data: new Float32Array([2]) }] },
    },
  ];
  for (const { rule, target, part, merged } of cases) {
    test(rule, () => assert.deepEqual(defaultMerger.merge(target, part), merged));
  }

  test("changes neither of the responses it was given, also when a third is merged", () => {
    const parts = [1, 2, 3].map((n) => ({ outputs: [n], head: { names: [n] } }));
    const copies = structuredClone(parts);
    const merged = parts.reduce<object>((target, part) => defaultMerger.merge(target, part), {});
    assert.deepEqual(merged, { outputs: [1, 2, 3], head: { names: [1, 2, 3] } });
    assert.deepEqual(parts, copies);
  });
});

describe("MergerRegistry", () => {
  const last = { name: "last", merge: (_: object, part: object) => part };

  test("has the default merger from the start, and those registered", () => {
    const registry = new MergerRegistry().register(last);
    assert.equal(registry.get("default"), defaultMerger);
    assert.equal(registry.get("last"), last);
    assert.deepEqual([...registry.names()], ["default", "last"]);
  });

  test("takes a name once", () => {
    assert.throws(() => new MergerRegistry().register({ ...last, name: "default" }), {
      code: Code.invalidConf,
      message: 'a merger named "default" is already registered: give this one another name',
    });
  });

  test("tells of an unknown name, with the one it may have meant", () => {
    assert.throws(() => new MergerRegistry().get("defualt"), {
      code: Code.invalidConf,
      message: 'no merger named "defualt"; did you mean "default"?',
    });
  });
});
