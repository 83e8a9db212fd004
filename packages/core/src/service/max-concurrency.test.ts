import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMaxConcurrency } from "./max-concurrency.js";

for (const [text, limit] of [
  ["0", 0],
  ["16", 16],
  ["007", 7],
  ["auto", "auto"],
  ["timeout", "timeout"],
  ["timeout:250", "timeout:250"],
  ["", undefined],
  ["-1", undefined],
  ["1.5", undefined],
  ["1e3", undefined],
  ["10000000000", undefined],
  ["AUTO", undefined],
  ["auto ", undefined],
  ["timeout:", undefined],
  ["timeout:0", undefined],
  ["timeout:1s", undefined],
] as const) {
  test(`${JSON.stringify(text)} is ${limit === undefined ? "no limit of calls" : limit}`, () => {
    assert.equal(parseMaxConcurrency(text), limit);
  });
}
