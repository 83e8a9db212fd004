import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Field, MapField, Type } from "protobufjs";
import { confType } from "./schema/messages.js";
import { breaksRule } from "./schema/rules.js";
import { checkTexts, faultLines, goodTexts, testKnown } from "./testing/conf-set.js";

const page = readFileSync(join(import.meta.dirname, "../../../docs/conf-reference.md"), "utf8");

interface Row {
  readonly field: string;
  readonly type: string;
  readonly initial: string;
  readonly range: string;
  readonly isOurs: boolean;
}

/** Rows of the field tables by message. */
const documented = new Map<string, readonly Row[]>(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf("\n")), rowsOf(section)] as const),
);

function rowsOf(section: string): readonly Row[] {
  return [...section.matchAll(/^\| `(\w+)`( \*\*\+\*\*)? *\| (.*?) *\| (.*?) *\| (.*?) *\|/gm)].map(
    ([, field = "", ours, type = "", initial = "", range = ""]) => ({
      field,
      type,
      initial: initial.replaceAll("`", ""),
      range,
      isOurs: ours !== undefined,
    }),
  );
}

const namespace = confType("EngineDesc").parent;
const types = (namespace?.nestedArray ?? []).filter((type) => type instanceof Type);
const olderOnly = new Set(["FeedShape"]);

function typeText(field: Field): string {
  if (field instanceof MapField) return `map<${field.keyType}, ${field.type}>`;
  return field.repeated ? `repeated ${field.type}` : field.type;
}

function isRefusedByRule(field: Field, value: number): boolean {
  return breaksRule(field, value) !== undefined;
}

/** Core, which workflows that never were a file pass through as well, holds the ranges of nodes. */
function isRefusedByCore({ name }: Field, value: number): boolean {
  const node = `nodes { name: "n" type: "EchoOp" map_over: "startup_op" ${name}: ${value} }`;
  const text = `workflows { name: "w1" workflow_type: "Sequence" ${node} }`;
  return faultLines({ ...goodTexts, "conf/workflow.prototxt": text }).length > 0;
}

test("the page has a table for every message of the conf files", () => {
  const expected = types.map(({ name }) => name).filter((name) => !olderOnly.has(name));
  assert.deepEqual(new Set(documented.keys()), new Set(expected));
});

for (const type of types.filter(({ name }) => !olderOnly.has(name))) {
  const rows = documented.get(type.name) ?? [];

  test(`the table of ${type.name} has its fields with their types`, () => {
    const current = type.fieldsArray.filter(({ options }) => !options?.deprecated);
    assert.deepEqual(
      new Map(rows.map((row) => [row.field, row.type])),
      new Map(current.map((field) => [field.name, typeText(field)])),
    );
    assert.equal(rows.length, current.length);
  });

  test(`the table of ${type.name} tells which fields are ours, and the defaults of the schema`, () => {
    for (const { field: name, isOurs, initial } of rows) {
      const field = type.fields[name];
      assert.equal(isOurs, (field?.id ?? 0) >= 100, name);
      if (field?.required) assert.equal(initial, "required", name);
      const schemaDefault = field?.options?.default;
      if (schemaDefault !== undefined) assert.equal(initial, String(schemaDefault), name);
    }
  });

  test(`the ranges of ${type.name} are those that are checked`, () => {
    for (const { field: name, range } of rows) {
      const [, min, max] = /^(-?\d+) to (\d+)$/.exec(range) ?? [];
      const field = type.fields[name];
      const isNumber = field?.type === "int32" || field?.type === "uint32";
      if (!field || min === undefined || max === undefined) {
        assert.ok(!isNumber || range !== "", `${name} has no range`);
        continue;
      }
      const isRefused = type.name === "DAGNode" ? isRefusedByCore : isRefusedByRule;
      assert.deepEqual(
        [min, max].map((value) => isRefused(field, Number(value))),
        [false, false],
        name,
      );
      assert.deepEqual(
        [Number(min) - 1, Number(max) + 1].map((value) => isRefused(field, value)),
        [true, true],
        name,
      );
    }
  });
}

test("the table of older names has every deprecated field", () => {
  const older = page.slice(page.indexOf("## Older names"));
  const listed = [...older.matchAll(/`(\w+\.\w+)`/g)].map(([, name = ""]) => name);
  const deprecated = types.flatMap((type) =>
    type.fieldsArray
      .filter(({ options }) => options?.deprecated || olderOnly.has(type.name))
      .map(({ name }) => `${type.name}.${name}`),
  );
  const files = new Set(["service.prototxt", "infer_service.prototxt"]);
  assert.deepEqual(new Set(listed.filter((name) => !files.has(name))), new Set(deprecated));
});

/** The `prototxt` blocks of the page with their lines, each a workflow file or the nodes of one. */
const examples = [...page.matchAll(/^```prototxt\n(.*?)^```$/gms)].map(
  ([block, text = ""], i) => [`${i}: ${block.split("\n")[1]}`, text] as const,
);

for (const [title, text] of examples) {
  test(`example ${title} is conf without a fault`, () => {
    const nodes = text.startsWith("nodes")
      ? `workflows { name: "w1" workflow_type: "Parallel"\n${text}}`
      : text;
    const types = [...text.matchAll(/type: "(\w+Op)"/g)].map(([, type = ""]) => type);
    const known = { ...testKnown, opTypes: new Map(types.map((type) => [type, { needsEngine: false }])) };
    assert.deepEqual(checkTexts({ ...goodTexts, "conf/workflow.prototxt": nodes }, known).faults, []);
  });
}
