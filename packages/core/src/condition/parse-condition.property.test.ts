import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ServeError } from "../serve-error.js";
import { parseCondition } from "./parse-condition.js";

type Value = number | bigint | string | boolean;

interface Side {
  readonly text: string;
  /** undefined when it cannot be read. */
  readonly value: Value | undefined;
}

type Tree =
  | { readonly kind: "comparison"; readonly left: Side; readonly operator: string; readonly right: Side }
  | { readonly kind: "bare"; readonly side: Side }
  | { readonly kind: "not"; readonly of: Tree }
  | { readonly kind: "and" | "or"; readonly of: readonly Tree[] };

const outputs: Readonly<Record<string, unknown>> = {
  whole: { x: 3 },
  part: { x: [2.5] },
  wide: { x: 3n },
  text: { x: "b" },
  yes: { x: true },
  list: { x: [1, 4, 2] },
};

const sides = (values: Readonly<Record<string, Value | undefined>>): Side[] =>
  Object.entries(values).map(([text, value]) => ({ text, value }));
const paths = sides({
  "whole.x": 3,
  "part.x": 2.5,
  "wide . x": 3n,
  'text."x"': "b",
  "yes.x": true,
  "absent.x": undefined,
  "list.x": undefined,
  "whole.y": undefined,
});
// A type known from the text alone makes some comparisons faults; these are kept away from all that could be one.
const ofKnownType = sides({
  "max(list.x)": 4,
  "size( list.x )": 3,
  "sum(absent.x)": undefined,
  "3": 3,
  "2.5": 2.5,
  "-1e1": -10,
  "'a'": "a",
  '"b"': "b",
});
const booleans = sides({ "present(text.x)": true, "present(absent)": false, true: true, false: false });

function comparisons(operators: readonly string[], others: readonly Side[]): fc.Arbitrary<Tree> {
  const pair = fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...others));
  const either = fc.oneof(
    pair,
    pair.map(([a, b]) => [b, a] as const),
  );
  return fc
    .tuple(either, fc.constantFrom(...operators))
    .map(([[left, right], operator]) => ({ kind: "comparison", left, operator, right }));
}

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    comparisons(["<", "<=", ">", ">="], [...paths, ...ofKnownType]),
    comparisons(["==", "!="], [...paths, ...ofKnownType, ...booleans]),
    fc.constantFrom(...paths, ...booleans).map((side): Tree => ({ kind: "bare", side })),
    tie("tree").map((of): Tree => ({ kind: "not", of })),
    fc
      .tuple(fc.constantFrom("and", "or"), fc.array(tie("tree"), { minLength: 1, maxLength: 3 }))
      .map(([kind, of]): Tree => ({ kind, of })),
  ),
}));

/** Parentheses wherever the grammar needs them, and only there. */
function print(node: Tree): string {
  switch (node.kind) {
    case "comparison":
      return `${node.left.text} ${node.operator} ${node.right.text}`;
    case "bare":
      return node.side.text;
    case "not":
      return `not ${printInside(node.of, ["and", "or"])}`;
    default: {
      const looser = node.kind === "and" ? ["or"] : [];
      return node.of.map((part) => printInside(part, looser)).join(` ${node.kind} `);
    }
  }
}

function printInside(node: Tree, looser: readonly string[]): string {
  return looser.includes(node.kind) ? `(${print(node)})` : print(node);
}

/** undefined is an error, which stops everything. */
function evaluate(node: Tree): boolean | undefined {
  switch (node.kind) {
    case "comparison":
      return compare(node.left.value, node.operator, node.right.value);
    case "bare":
      return typeof node.side.value === "boolean" ? node.side.value : undefined;
    case "not": {
      const value = evaluate(node.of);
      return value === undefined ? undefined : !value;
    }
    default: {
      const neutral = node.kind === "and";
      for (const part of node.of) {
        const value = evaluate(part);
        if (value !== neutral) return value;
      }
      return neutral;
    }
  }
}

/** The values here are small, so numbers of all kinds may meet as doubles. */
function compare(left: Value | undefined, operator: string, right: Value | undefined): boolean | undefined {
  const a = typeof left === "bigint" ? Number(left) : left;
  const b = typeof right === "bigint" ? Number(right) : right;
  if (a === undefined || b === undefined || typeof a !== typeof b) return undefined;
  if (operator === "==") return a === b;
  if (operator === "!=") return a !== b;
  if (typeof a === "boolean") return undefined;
  const isEqual = a === b && operator.endsWith("=");
  return isEqual || (operator.startsWith("<") ? a < b : a > b);
}

function holdsOrFails(text: string, output: (name: string) => unknown): boolean | undefined {
  const parsed = parseCondition(text);
  if ("fault" in parsed) assert.fail(`${text}: ${parsed.fault}`);
  try {
    return parsed.condition.holds(output);
  } catch (error) {
    assert.ok(error instanceof ServeError, `${text} threw ${error}`);
    return undefined;
  }
}

/** What conditions are made of, in any order. */
const words =
  "a b.c startup_op and or not true false ( ) [ ] [0] [-1] . .d == != < <= > >= = 1 -2.5 1e9 'x' \"y\" ' max( min( sum( mean( size( present(".split(
    " ",
  );
const soup = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join(" "));

describe("any condition", () => {
  test("means what its tree means", () => {
    fc.assert(
      fc.property(tree, (node) => {
        const text = print(node);
        fc.pre(text.length <= 1024);
        assert.equal(
          holdsOrFails(text, (name) => outputs[name]),
          evaluate(node),
          text,
        );
      }),
      { numRuns: 2000 },
    );
  });

  test("is a condition or a fault, whatever the text", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 1200 }),
      fc.string({ unit: "grapheme" }),
      soup,
    );
    fc.assert(
      fc.property(text, (source) => {
        const parsed = parseCondition(source);
        if ("fault" in parsed) assert.match(parsed.fault, /^(column \d+: |the text has \d+ characters).+$/);
        else assert.equal(parsed.condition.text, source);
      }),
      { numRuns: 2000 },
    );
  });

  test("holds, or does not, or fails with a ServeError, whatever the outputs", () => {
    const templates = [
      "#",
      "# == 1",
      "# < 'x'",
      "max(#) > 1",
      "min(#) > 1",
      "sum(#) > 1",
      "mean(#) > 1",
      "size(#) > 1",
    ];
    const anything = fc.anything({
      withBigInt: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
    });
    const like = fc.record({
      dtype: fc.constantFrom("float16", "bfloat16", "int64", "string", "x"),
      shape: anything,
      data: anything,
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...templates, "present(#)"),
        fc.constantFrom("a", "a.b", "a[0]", "a[-1].b", "startup_op.b[0]"),
        fc.oneof(
          anything,
          anything.map((b) => ({ b })),
          like,
          like.map((b) => ({ b })),
        ),
        (template, path, value) => {
          holdsOrFails(template.replace("#", path), () => value);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
