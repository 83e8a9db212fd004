import assert from "node:assert/strict";
import { test } from "node:test";
import type { TreeValue } from "./tree.js";
import { parseYaml } from "./yaml.js";

/** The tree as plain values, to look at. */
function plain(value: TreeValue): unknown {
  if (value.kind === "list") return value.items.map(plain);
  if (value.kind === "message") return Object.fromEntries(value.fields.map((f) => [f.name, plain(f.value)]));
  return value.notation === "yaml" ? value.value : value.source;
}

function valuesOf(text: string): unknown {
  const { tree, faults } = parseYaml(text);
  assert.deepEqual(faults, []);
  return plain(tree);
}

function faultOf(text: string): string {
  const { tree, faults } = parseYaml(text);
  assert.equal(tree.isWhole, false);
  assert.equal(faults.length, 1);
  return faults.map(({ line, message }) => `${line}: ${message}`).join();
}

test("a key in quotes that looks like a merge key is a key", () => {
  assert.deepEqual(valuesOf("'<<': 1\n\"<<x\": 2"), { "<<": 1, "<<x": 2 });
});

test("fields have the line of their key, also inside sequences and flow mappings", () => {
  const { tree } = parseYaml("a: 1\r\nb:\n- c: 2\n  d: {e: 1,\n    f: 2}\n");
  const lines: string[] = [];
  const walk = (value: TreeValue): void => {
    if (value.kind === "list") value.items.forEach(walk);
    if (value.kind !== "message") return;
    for (const field of value.fields) {
      lines.push(`${field.name}@${field.line}`);
      walk(field.value);
    }
  };
  walk(tree);
  assert.deepEqual(lines, ["a@1", "b@2", "c@3", "d@4", "e@4", "f@5"]);
});

test("plain values follow the core schema of YAML 1.2", () => {
  const text =
    "a: no\nb: 010\nc: 1_000\nd: 2020-01-01\ne: 0x1F\nf: True\ng: ~\nh:\ni: 1.5\nj: '12'\nk: \"\\x41\"\nl: .inf\nm: 0o17";
  assert.deepEqual(valuesOf(text), {
    a: "no",
    b: 10,
    c: "1_000",
    d: "2020-01-01",
    e: 31,
    f: true,
    g: null,
    h: null,
    i: 1.5,
    j: "12",
    k: "A",
    l: Number.POSITIVE_INFINITY,
    m: 15,
  });
});

test("aliases stand for what their anchor named", () => {
  assert.deepEqual(valuesOf("a: &x {b: 1}\nc: *x\nd: [*x, *x]"), {
    a: { b: 1 },
    c: { b: 1 },
    d: [{ b: 1 }, { b: 1 }],
  });
});

test("a file without a value is a message without fields", () => {
  for (const text of ["", "# nothing\n", "---\n...\n"]) assert.deepEqual(valuesOf(text), {}, text);
});

const faulty: readonly (readonly [text: string, fault: string])[] = [
  ["a: [1,", "1: unexpected end of the stream within a flow collection"],
  ['a: 1\nb: "x', "2: unexpected end of the stream within a double quoted scalar"],
  ["a: 1\nb: c: d", "2: bad indentation of a mapping entry"],
  ["a: 1\na: 2", '2: the key "a" is given twice, first on line 1'],
  ["a: 1\n---\nb: 2", "3: a conf file is one YAML document, not several"],
  ["- 1\n- 2", "1: a conf file must be a mapping of fields"],
  ["just text", "1: a conf file must be a mapping of fields"],
  ["a: !!str 1", "1: tags are not used in conf: write the value without"],
  ["a: !<x> 1", "1: tags are not used in conf: write the value without"],
  ["a: 1\nb: *x", '2: no anchor "x" stands before this alias'],
  ["a: &x [*x]", '1: no anchor "x" stands before this alias'],
  ["a: &x {b: 1}\n<<: *x", '2: merge keys ("<<") are not used in conf: write the fields out'],
  ["a: 1\n? [b]\n: 2", "2: a key must be the name of a field"],
  ["a: \u0000", "1: null byte is not allowed in input"],
];

for (const [text, fault] of faulty) {
  test(`${JSON.stringify(text)} is refused with ${JSON.stringify(fault)}`, () => {
    assert.equal(faultOf(text), fault);
  });
}
