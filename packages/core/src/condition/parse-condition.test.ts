import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCondition } from "./parse-condition.js";

describe("parseCondition", () => {
  const faults: readonly (readonly [text: string, fault: string])[] = [
    ["", "column 1: expected a condition, found the end"],
    ["  ", "column 3: expected a condition, found the end"],
    ["small.prob = 3", 'column 12: expected a comparison operator, found "=": did you mean "=="?'],
    ["a.x === 3", 'column 5: expected a comparison operator, found "===": did you mean "=="?'],
    ["a.x !== 3", 'column 5: expected a comparison operator, found "!==": did you mean "!="?'],
    ["a.x <> 3", 'column 5: expected a comparison operator, found "<>": did you mean "!="?'],
    ["a.x =< 3", 'column 5: expected a comparison operator, found "=<": did you mean "<="?'],
    ["a.x => 3", 'column 5: expected a comparison operator, found "=>": did you mean ">="?'],
    ["a.x 3", 'column 5: expected a comparison operator, found "3"'],
    ["a.x '=='", 'column 5: expected a comparison operator, found "=="'],
    ["a.x 'and' b.x", 'column 5: expected a comparison operator, found "and"'],
    ["a.x + 3", 'column 5: expected a comparison operator, found "+": there is no arithmetic'],
    ["Not a.x", 'column 1: expected a condition, found "Not": did you mean "not"?'],
    ["!a.x", 'column 1: expected a condition, found "!": did you mean "not"?'],
    ["and a.x", 'column 1: expected a condition, found "and"'],
    ["a.x == True", 'column 8: expected a value, found "True": did you mean "true"?'],
    ["a.x == ", "column 8: expected a value, found the end"],
    ["a.x == (1)", 'column 8: expected a value, found "("'],
    ["a.x < .5", 'column 7: expected a value, found ".": a number begins with a digit'],
    ["a.x < 5.", 'column 8: expected "and", "or" or the end, found "."'],
    ["a.x < - 5", 'column 7: expected a value, found "-": there is no arithmetic'],
    ["a.x < 1e999", "column 7: 1e999 is too large for a number"],
    ["a.x == 'cat", `column 8: expected a value, found "'": the quote is not closed`],
    ['a.x == "cat', 'column 8: expected a value, found "\\"": the quote is not closed'],
    ["a.x > 1 && a.y > 2", 'column 9: expected "and", "or" or the end, found "&&": did you mean "and"?'],
    ["a.x > 1 || a.y > 2", 'column 9: expected "and", "or" or the end, found "||": did you mean "or"?'],
    ["a.x > 1 AND a.y > 2", 'column 9: expected "and", "or" or the end, found "AND": did you mean "and"?'],
    [
      "0 < a.x < 1",
      'column 9: expected "and", "or" or the end, found "<": a comparison has two sides, join several with "and"',
    ],
    [
      "(a.x) < 1",
      'column 7: expected "and", "or" or the end, found "<": a comparison has two sides, join several with "and"',
    ],
    ["(a.x > 1", 'column 9: expected "and", "or" or ")", found the end'],
    ["a.x > 1)", 'column 8: expected "and", "or" or the end, found ")"'],
    ["a.x == 1 or 2", "column 13: 2 is a number and no condition: compare it"],
    ["'a' or b.x", "column 1: 'a' is a string and no condition: compare it"],
    ["max(a.x)", "column 1: max(a.x) is a number and no condition: compare it"],
    ["1 < 2", 'column 3: both sides of "<" are fixed, one must read an output'],
    [
      "max(a.x) == 'b'",
      `column 10: "max(a.x) == 'b'" compares a number with a string, both must be of one type`,
    ],
    [
      "true == size(a)",
      'column 6: "true == size(a)" compares a boolean with a number, both must be of one type',
    ],
    ["a.x < true", 'column 5: "a.x < true" orders booleans, which have only == and !='],
    ["present(a) >= b.x", 'column 12: "present(a) >= b.x" orders booleans, which have only == and !='],
    ["mx(a.x) < 1", 'column 1: no function named "mx"; did you mean "max"?'],
    ["b.y > 1 and size_(a.x) < 1", 'column 13: no function named "size_"; did you mean "size"?'],
    [
      "variance(a.x) < 1",
      'column 1: no function named "variance", there is present, min, max, sum, mean, size',
    ],
    ["max() < 1", 'column 5: expected the name of a dependency, found ")"'],
    ["max(3) < 1", 'column 5: expected the name of a dependency, found "3"'],
    ["max(a.x, a.y) < 1", 'column 8: expected ")", found ","'],
    ["max(a.x < 1", 'column 9: expected ")", found "<"'],
    ["max(not) < 1", 'column 5: expected the name of a dependency, found "not"'],
    ["a. > 1", 'column 4: expected the name of a field, found ">"'],
    ["a.0 > 1", 'column 3: expected the name of a field, found "0": an index is written [0]'],
    ["a[x] > 1", 'column 3: expected a whole number, found "x"'],
    ["a[1.5] > 1", 'column 3: expected a whole number, found "1.5"'],
    ["a[99999999999999999] > 1", 'column 3: expected a whole number, found "99999999999999999"'],
    ['a["x"] > 1', 'column 3: expected a whole number, found "x": a field is written with a point'],
    ["a[1 > 1", 'column 5: expected "]", found ">"'],
    ["a.x > 1 🙂", 'column 9: expected "and", "or" or the end, found "🙂"'],
    ["x".repeat(1025), "the text has 1025 characters, at most 1024 are allowed"],
    [`${"(".repeat(33)}a${")".repeat(33)}`, 'column 33: "not" and parentheses are more than 32 deep'],
    [`${"not ".repeat(33)}a`, 'column 129: "not" and parentheses are more than 32 deep'],
  ];
  for (const [text, fault] of faults) {
    test(`refuses ${JSON.stringify(text.slice(0, 40))}: ${fault}`, () => {
      assert.deepEqual(parseCondition(text), { fault });
    });
  }

  test("takes as much as its limits allow", () => {
    const deep = `${"not (".repeat(16)}a${")".repeat(16)}`;
    const wide = `${"a or ".repeat(204)}a[0]`;
    for (const text of [deep, wide, `${"(a) and ".repeat(100)}a`]) {
      const parsed = parseCondition(text);
      assert.equal("condition" in parsed && parsed.condition.holds(() => [true]), true);
    }
    assert.equal(wide.length, 1024);
  });
});
