import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse, type Type } from "protobufjs";
import textformat from "protobufjs/ext/textformat.js";
import { Findings } from "../diagnostic.js";
import { checkMessage } from "../schema/check-message.js";
import { Section } from "../schema/section.js";
import { parsePrototxt } from "./prototxt.js";

function faultsOf(text: string): readonly string[] {
  return parsePrototxt(text).faults.map(({ line, message }) => `${line}: ${message}`);
}

function fieldNames(text: string): readonly string[] {
  return parsePrototxt(text).tree.fields.map(({ name, line }) => `${name}@${line}`);
}

test("every field has the line of its name", () => {
  const text =
    '# a comment\nname: "x" # another\n\nnodes {\n  a: 1, b: 2; c: -3\n}\nlist: [1,\n  2] last: true';
  assert.deepEqual(fieldNames(text), ["name@2", "nodes@4", "list@7", "last@8"]);
  const nodes = parsePrototxt(text).tree.fields[1]?.value;
  assert.ok(nodes?.kind === "message");
  assert.deepEqual(
    nodes.fields.map(({ name, line }) => `${name}@${line}`),
    ["a@5", "b@5", "c@5"],
  );
});

test("braces, angle brackets and an optional colon make the same message", () => {
  const shapes = ["m { a: 1 }", "m: { a: 1 }", "m < a: 1 >", "m: <a:1>", "m{a:1}", "m\n{\na\n:\n1\n}"];
  for (const text of shapes) {
    const value = parsePrototxt(text).tree.fields[0]?.value;
    assert.ok(value?.kind === "message", text);
    assert.equal(value.fields[0]?.name, "a", text);
    assert.deepEqual(faultsOf(text), [], text);
  }
});

test("strings side by side are one string, whatever their quotes and lines", () => {
  const [field] = parsePrototxt(`a: "x" 'y"'\n  "z" b: 1`).tree.fields;
  assert.ok(field?.value.kind === "scalar");
  assert.equal(field.value.source, `"x" 'y"' "z"`);
});

test("a line feed counts as one line, with or without a carriage return", () => {
  assert.deepEqual(fieldNames("a: 1\r\nb: 2\nc: 3"), ["a@1", "b@2", "c@3"]);
});

const faulty: readonly (readonly [text: string, faults: readonly string[]])[] = [
  ['name "x"', ['1: ":" is missing after "name"']],
  ["port:\nservices { }", ['1: "port" has no value']],
  ["a: }", ['1: "a" has no value', '1: "}" closes nothing']],
  ["a", ['1: "a" has no value']],
  ["a: {\n b: 1", ['1: "{" is never closed']],
  ["a: {\n b: <\n c: 1 }", ['3: "}" cannot close the "<" of line 2', '1: "{" is never closed']],
  ["}", ['1: "}" closes nothing']],
  ['a: "x\nb: "y"', ["1: the string is not closed on its line"]],
  ["a: 'x\" \nb: 1", ["1: the string is not closed on its line"]],
  ["1: 2", ["1: expected the name of a field, not 1"]],
  ['"a": 2', ['1: expected the name of a field, not "a"']],
  ["[ext]: 2\nb: 1", ["1: expected the name of a field, not ["]],
  ["a: 1,, b: 2", ["1: expected the name of a field, not ,"]],
  ["a: [1, 2\nb: 1", ['1: the list "a" is not closed']],
  ["a: [1,]\nb: 1", ['1: expected a value of the list "a", not ]']],
  ["a: [[1]]", ['1: expected a value of the list "a", not [']],
  ["a: 1 \u00a0 b: 2", ["1: illegal character U+00A0"]],
  ["a-b: 1", ["1: expected the name of a field, not a-b"]],
  ["a: 1 2", ["1: expected the name of a field, not 2"]],
];

for (const [text, faults] of faulty) {
  test(`${JSON.stringify(text)} is refused with ${JSON.stringify(faults[0])}`, () => {
    assert.deepEqual(faultsOf(text), faults);
  });
}

test("reading goes on after a fault and finds the next", () => {
  const text = 'a "x"\nb: {\n  c\n  d: 1\n}\n"e": 5 { f: 1 }\ng: 2\nh: "never\n';
  assert.deepEqual(faultsOf(text), [
    "8: the string is not closed on its line",
    '1: ":" is missing after "a"',
    '3: "c" has no value',
    '6: expected the name of a field, not "e"',
  ]);
  assert.deepEqual(fieldNames(text), ["a@1", "b@2", "g@7"]);
});

test("a message that lost a field says that it is not whole", () => {
  const { tree } = parsePrototxt('a { "x": 1 }\nb { c: 1 }');
  assert.equal(tree.isWhole, true);
  const wholes = tree.fields.map(({ value }) => value.kind === "message" && value.isWhole);
  assert.deepEqual(wholes, [false, true]);
});

const schema = parse(`
  syntax = "proto2";
  message Node {
    optional string name = 1;
    repeated string names = 2;
    optional int32 size = 3;
    repeated int32 sizes = 4;
    optional uint32 port = 5;
    optional bool flag = 6;
    optional Node node = 7;
    repeated Node nodes = 8;
  }`).root.lookupType("Node");

function readByOurs(text: string): object | undefined {
  const { tree, faults } = parsePrototxt(text);
  const findings = new Findings();
  const place = { file: "f", line: 0, field: "" };
  const section = checkMessage({ type: schema, tree, place, findings });
  return faults.length > 0 || findings.hasFaults ? undefined : plainOf(section, schema);
}

function plainOf(section: Section, type: Type): object {
  const entries = type.fieldsArray.flatMap((field) => {
    const values = section
      .entries(field.name)
      .map(({ value }) => (value instanceof Section ? plainOf(value, type) : value));
    if (values.length === 0) return [];
    return [[field.name, field.repeated ? values : values[0]]];
  });
  return Object.fromEntries(entries);
}

function readByProtobufjs(text: string): object | undefined {
  try {
    return schema.toObject(textformat.fromText(schema, text));
  } catch {
    return undefined;
  }
}

/** `[name]` names an extension, which conf has none of; protobufjs takes it for the field of that name. */
function namesExtension(text: string): boolean {
  return parsePrototxt(text).faults.some(({ message }) => message === "expected the name of a field, not [");
}

const words = ["name", "names", "size", "sizes", "port", "flag", "node", "nodes", "true", "f", "1", "0"];
const others = ["-1", "-", "017", "0x1F", "1.5", "4294967295", '"a"', "'b'", '"\\x41\\n"', '"\\q"', "# c"];
const marks = [":", ":", ":", ":", "{", "}", "{", "}", "<", ">", "[", "]", ",", ";"];
const soup = fc
  .array(fc.tuple(fc.constantFrom(...words, ...others, ...marks), fc.constantFrom(" ", "\n", " ")))
  .map((tokens) => tokens.flat().join(""));

const scalarField = fc.constantFrom(
  'name: "a"',
  "names: ['b', \"c\" 'd']",
  "size: -1",
  "sizes: [ ]",
  "port: 017",
);
const field = fc.letrec<{ field: string }>((tie) => ({
  field: fc.oneof(
    { depthSize: "small" },
    scalarField,
    fc.constantFrom("sizes: [1,2]", "flag: t", "flag: 2", "name: 5", "bad: 1", "sizes 1"),
    fc
      .tuple(fc.constantFrom("node {", "nodes: {", "node:{"), fc.array(tie("field"), { maxLength: 3 }))
      .map(([head, fields]) => `${head} ${fields.join(" ")} }`),
    fc.array(tie("field"), { maxLength: 3 }).map((fields) => `nodes < ${fields.join(", ")} >;`),
  ),
})).field;

for (const [name, texts] of [
  ["soups of tokens", soup],
  ["texts that are nearly right", fc.array(field, { maxLength: 4 }).map((fields) => fields.join("\n"))],
] as const) {
  test(`${name} are accepted, and mean, what protobuf's text format says`, () => {
    const property = fc.property(texts, (text) => {
      fc.pre(!namesExtension(text));
      assert.deepEqual(readByOurs(text), readByProtobufjs(text));
    });
    fc.assert(property, { numRuns: 2000 });
  });
}
