import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { recordThrown, restoreThrown } from "./thrown-record.js";

/** What arrives on another thread. */
function send(thrown: unknown): unknown {
  return restoreThrown(structuredClone(recordThrown(thrown)));
}

describe("recordThrown", () => {
  test("keeps a ServeError: code, message, details, cause and stack", () => {
    const cause = new TypeError("raw", { cause: "deep" });
    const given = new ServeError(Code.overflow, "too much", { cause, details: { field: "x" } });
    const sent = send(given) as ServeError;
    assert.ok(sent instanceof ServeError);
    assert.deepEqual([sent.code, sent.message, sent.details], [Code.overflow, "too much", { field: "x" }]);
    assert.equal(sent.stack, given.stack);
    const { name, message, stack, cause: deep } = sent.cause as Error;
    assert.deepEqual([name, message, stack, deep], ["TypeError", "raw", cause.stack, "deep"]);
  });

  test("keeps primitives, and of other values what a log would show", () => {
    for (const value of ["text", 1, 2n, true, null, undefined, Number.NaN]) assert.equal(send(value), value);
    assert.equal(send({ a: [1] }), "{ a: [ 1 ] }");
    assert.equal(send(Symbol("s")), "Symbol(s)");
    assert.equal(
      send(() => 0),
      "[Function (anonymous)]",
    );
  });

  test("ends a chain of causes that goes in a circle", () => {
    const error = new Error("round");
    error.cause = error;
    let depth = 0;
    for (let at = send(error) as Error | undefined; at; at = at.cause as Error | undefined) depth++;
    assert.equal(depth, 5);
  });

  test("does not fail on errors that are not what they should be", () => {
    const hostile = new Error("x");
    Object.defineProperty(hostile, "message", {
      get() {
        throw new Error("no");
      },
    });
    assert.equal(send(hostile), "something that cannot be read");
    const odd = Object.assign(new Error("x"), { name: 7, stack: { toString: () => "a stack" } });
    const { name, stack } = send(odd) as Error;
    assert.deepEqual([name, stack], ["7", "a stack"]);
  });
});
