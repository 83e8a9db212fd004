import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertAnswer } from "./answers.js";

const json = (text: string) => ({ language: "json", text });
const text = (content: string) => ({ language: "text", text: content });

describe("the comparison of an answer with the README", () => {
  test("takes JSON by value and numbers nearly", () => {
    assertAnswer('{"a":[0.1000001,"x",null]}\n', json('{ "a": [0.1, "x", null] }'));
  });

  for (const [actual, expected] of [
    ['{"a":0.101}', '{"a":0.1}'],
    ['{"a":"0.1"}', '{"a":0.1}'],
    ['{"a":[1]}', '{"a":{"0":1}}'],
    ['{"a":1,"b":2}', '{"a":1}'],
    ["[1]", "[1,2]"],
    ['{"a":null}', '{"a":{}}'],
  ] as const) {
    test(`tells ${actual} from ${expected}`, () => {
      assert.throws(() => assertAnswer(actual, json(expected)), { name: "AssertionError" });
    });
  }

  test("takes text but for times, and what they do to columns", () => {
    assertAnswer("w  0.5 ms\n  a   12 ms  0.9\n", text("w      12.25 ms\n  a  3 ms  0.9"));
  });

  for (const [actual, expected] of [
    ["w 0.9", "w 0.8"],
    ["a 1 ms", "a 1 ms\nb"],
    ["w\n  a", "w\n    a"],
    ["12 msgs", "13 msgs"],
  ] as const) {
    test(`tells ${JSON.stringify(actual)} from ${JSON.stringify(expected)}`, () => {
      assert.throws(() => assertAnswer(actual, text(expected)), { name: "AssertionError" });
    });
  }
});
