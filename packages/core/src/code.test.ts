import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, codeName } from "./code.js";

describe("Code", () => {
  test("keeps the numbers of Paddle Serving and of brpc", () => {
    assert.deepEqual(
      [Code.ok, Code.internal, Code.outOfMemory, Code.overflow, Code.opFailure, Code.ignore, Code.opIgnore],
      [0, -5000, -5001, -5002, -5100, 5000, 5100],
    );
    assert.deepEqual(
      [Code.serviceNotFound, Code.methodNotFound, Code.malformedRequest, Code.unauthenticated],
      [1001, 1002, 1003, 1004],
    );
    assert.deepEqual([Code.deadlineExceeded, Code.unavailable, Code.resourceExhausted], [1008, 2003, 2004]);
  });

  test("has a number of its own for each name", () => {
    const numbers = Object.values(Code);
    assert.equal(new Set(numbers).size, numbers.length);
  });
});

describe("codeName", () => {
  test("is the name of each code, and undefined for other numbers", () => {
    for (const [name, code] of Object.entries(Code)) assert.equal(codeName(code), name);
    assert.equal(codeName(7), undefined);
  });
});
