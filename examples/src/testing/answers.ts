import assert from "node:assert/strict";
import type { Block } from "./readme.js";

/** Processors round the last bits of a model differently. */
const tolerance = 1e-5;

/** Compares what a command wrote with the block of its answer: JSON by value, text but for times in milliseconds. */
export function assertAnswer(actual: string, { language, text }: Block): void {
  if (language === "json") assertClose(JSON.parse(actual), JSON.parse(text), "");
  else assert.equal(withoutTimes(actual), withoutTimes(text));
}

/** Equal, numbers nearly. */
function assertClose(actual: unknown, expected: unknown, path: string): void {
  if (typeof expected === "number" && typeof actual === "number") {
    assert.ok(Math.abs(actual - expected) <= tolerance, `${path}: ${actual} is not ${expected}`);
  } else if (isContainer(expected) && isContainer(actual)) {
    assert.equal(Array.isArray(actual), Array.isArray(expected), path);
    assert.deepEqual(Object.keys(actual), Object.keys(expected), path);
    for (const [key, value] of Object.entries(expected)) {
      assertClose(Reflect.get(actual, key), value, `${path}/${key}`);
    }
  } else assert.deepEqual(actual, expected, path);
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Times differ from run to run, and with them the width of columns. */
function withoutTimes(text: string): string {
  return text
    .trim()
    .replace(/\d+(\.\d+)?(?= ms\b)/g, "#")
    .replace(/(\S) +/g, "$1 ");
}
