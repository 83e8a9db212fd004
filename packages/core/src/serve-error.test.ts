import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "./code.js";
import { ServeError } from "./serve-error.js";

describe("ServeError", () => {
  test("carries code, message, cause and details", () => {
    const cause = new Error("underneath");
    const error = new ServeError(Code.notFound, "no engine", { cause, details: { node: "a" } });
    assert.ok(error instanceof Error);
    assert.deepEqual(
      [error.name, error.code, error.message, error.cause, error.details],
      ["ServeError", 404, "no engine", cause, { node: "a" }],
    );
  });

  test("has no cause and no details unless given", () => {
    const error = new ServeError(Code.internal, "m");
    assert.equal(Object.hasOwn(error, "cause"), false);
    assert.deepEqual(error.details, {});
  });
});

describe("ServeError.refusal", () => {
  test("has no stack, and others have one afterwards", () => {
    const refusal = ServeError.refusal(Code.resourceExhausted, "too many");
    assert.deepEqual([refusal.code, refusal.message], [Code.resourceExhausted, "too many"]);
    assert.doesNotMatch(refusal.stack ?? "", /\n {4}at /);
    assert.match(new ServeError(Code.internal, "m").stack ?? "", /\n {4}at /);
  });
});

describe("ServeError.from", () => {
  test("passes a ServeError unchanged", () => {
    const error = new ServeError(Code.cancelled, "m");
    assert.equal(ServeError.from(error, Code.opFailure), error);
  });

  for (const thrown of [new Error("secret"), "secret", 5, null, { code: 22 }]) {
    test(`hides ${typeof thrown} ${thrown} as the cause of an internal error`, () => {
      const error = ServeError.from(thrown);
      assert.deepEqual([error.code, error.message, error.cause], [Code.internal, "internal error", thrown]);
    });
  }

  test("takes the code it is told", () => {
    assert.equal(ServeError.from(new Error("m"), Code.modelLoadFailure).code, Code.modelLoadFailure);
  });
});

describe("withDetails", () => {
  test("adds to a copy, and the details already there win", () => {
    const cause = new Error("underneath");
    const inner = new ServeError(Code.opFailure, "m", { cause, details: { workflow: "inner", node: "a" } });
    const outer = inner.withDetails({ workflow: "outer", service: "s" });
    assert.deepEqual(outer.details, { workflow: "inner", node: "a", service: "s" });
    assert.deepEqual([outer.code, outer.message, outer.cause], [inner.code, inner.message, cause]);
    assert.deepEqual(inner.details, { workflow: "inner", node: "a" });
  });

  test("gives the error itself when there is nothing to add", () => {
    const error = new ServeError(Code.opFailure, "m", { details: { node: "a", service: "s" } });
    assert.equal(error.withDetails({ service: "other" }), error);
  });

  test("keeps the stack of the place that threw", () => {
    function theOpThatThrew(): ServeError {
      return new ServeError(Code.opFailure, "m");
    }
    assert.match(theOpThatThrew().withDetails({ node: "a" }).stack ?? "", /^ServeError: m\n.*theOpThatThrew/);
  });
});
