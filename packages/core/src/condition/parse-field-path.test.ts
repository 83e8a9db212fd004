import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "../code.js";
import { ServeError } from "../serve-error.js";
import type { OutputPath } from "./field-path.js";
import { takePath } from "./parse-field-path.js";
import { isFieldPresent, readFieldPath } from "./read-field-path.js";
import { parseTokens } from "./tokens.js";

/** A text that is a path and nothing else. */
function parseFieldPath(text: string): { readonly path: OutputPath } | { readonly fault: string } {
  return parseTokens(text, (tokens) => {
    const path = takePath(tokens);
    if (tokens.token.kind !== "end") throw tokens.unexpected('".", "[" or the end');
    return { path };
  });
}

function pathOf(text: string): OutputPath {
  const parsed = parseFieldPath(text);
  if ("fault" in parsed) assert.fail(`${text}: ${parsed.fault}`);
  return parsed.path;
}

describe("a field path", () => {
  test("tells the dependency, and writes the path as short as it can be", () => {
    const texts = ["reader", " reader . images [ -1 ]", `'a.b'."c d".'e'.not[0]`, `"true".'"'`];
    const found = texts.map(pathOf).map(({ dependency, text }) => [dependency, text]);
    assert.deepEqual(found, [
      ["reader", "reader"],
      ["reader", "reader.images[-1]"],
      ["a.b", `"a.b"."c d".e."not"[0]`],
      ["true", `"true".'"'`],
    ]);
  });

  const faults: readonly (readonly [text: string, fault: string])[] = [
    ["", "column 1: expected the name of a dependency, found the end"],
    ["1", 'column 1: expected the name of a dependency, found "1"'],
    ["or", 'column 1: expected the name of a dependency, found "or"'],
    ["reader.", "column 8: expected the name of a field, found the end"],
    ["reader images", 'column 8: expected ".", "[" or the end, found "images"'],
    ["max(reader)", 'column 4: expected ".", "[" or the end, found "("'],
    ["a.".repeat(513), "the text has 1026 characters, at most 1024 are allowed"],
  ];
  for (const [text, fault] of faults) {
    test(`refuses ${JSON.stringify(text.slice(0, 40))}: ${fault}`, () => {
      assert.deepEqual(parseFieldPath(text), { fault });
    });
  }
});

describe("readFieldPath", () => {
  const images = ["a", "b"];
  const output = (name: string): unknown => (name === "absent" ? undefined : { images, inner: { images } });

  test("gives the very value at the path", () => {
    assert.equal(readFieldPath(pathOf("reader.images"), output), images);
    assert.equal(readFieldPath(pathOf("startup_op.inner.images"), output), images);
    assert.equal(readFieldPath(pathOf("reader.images[-1]"), output), "b");
  });

  test("blames the request for what it lacks, and otherwise the Op", () => {
    const message = (name: string): string => `"${name}.inner" has no field "image"; did you mean "images"?`;
    assert.throws(
      () => readFieldPath(pathOf("startup_op.inner.image"), output),
      new ServeError(Code.invalidArgument, message("startup_op")),
    );
    assert.throws(
      () => readFieldPath(pathOf("reader.inner.image"), output),
      new ServeError(Code.opFailure, message("reader")),
    );
  });

  test("reads what isFieldPresent has found", () => {
    assert.equal(isFieldPresent(pathOf("reader.images[1]"), output), true);
    assert.equal(isFieldPresent(pathOf("reader.images[2]"), output), false);
    assert.equal(isFieldPresent(pathOf("absent.images"), output), false);
  });

  test("takes an own field even of the name of an inherited one, and never an inherited one", () => {
    const parsed: unknown = JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}');
    assert.deepEqual(
      readFieldPath(pathOf("reader.__proto__"), () => parsed),
      { admin: true },
    );
    assert.equal(
      readFieldPath(pathOf("reader.constructor"), () => parsed),
      1,
    );
    const inherits = Object.create({ admin: true });
    assert.throws(() => readFieldPath(pathOf("reader.admin"), () => inherits), {
      message: '"reader" has no field "admin", there is none',
    });
  });

  test("prefers a field by its name as written to the one in camelCase", () => {
    const path = pathOf("reader.top_k2_x");
    assert.equal(
      readFieldPath(path, () => ({ topK2X: 1 })),
      1,
    );
    assert.equal(
      readFieldPath(path, () => ({ topK2X: 1, top_k2_x: 2 })),
      2,
    );
    assert.equal(
      isFieldPresent(pathOf("reader.topK"), () => ({ top_k: 1 })),
      false,
    );
  });
});
