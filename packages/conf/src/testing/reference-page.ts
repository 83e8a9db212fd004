import assert from "node:assert/strict";
import { test } from "node:test";
import { type Field, MapField, Type } from "protobufjs";

export interface ReferencePage {
  /** Text of the page: a section `### Message` with a table of its fields for each message. */
  readonly text: string;
  /** Any message of the schema that it documents. */
  readonly anyType: Type;
  /** Messages that are told of elsewhere. */
  readonly except?: ReadonlySet<string>;
  /** Whether a number is out of the range of its field. */
  readonly isRefused: (field: Field, value: number) => boolean;
}

interface Row {
  readonly field: string;
  readonly type: string;
  readonly initial: string;
  readonly range: string;
  readonly isOurs: boolean;
}

/** Tests that the tables of a page say of each field what the schema and the checks do. */
export function testReferencePage({ text, anyType, except = new Set(), isRefused }: ReferencePage): void {
  /** Rows of the field tables by message. */
  const documented = new Map<string, readonly Row[]>(
    text
      .split(/^### /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf("\n")), rowsOf(section)] as const),
  );
  const types = messagesOf(anyType).filter(({ name }) => !except.has(name));

  test("the page has a table for every message of the conf files", () => {
    assert.deepEqual(new Set(documented.keys()), new Set(types.map(({ name }) => name)));
  });

  for (const type of types) {
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
}

/** Every message of the schema that one is of. */
export function messagesOf({ parent }: Type): readonly Type[] {
  return (parent?.nestedArray ?? []).filter((type) => type instanceof Type);
}

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

function typeText(field: Field): string {
  if (field instanceof MapField) return `map<${field.keyType}, ${field.type}>`;
  return field.repeated ? `repeated ${field.type}` : field.type;
}
