import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, test } from "node:test";
import { createTextStream, type TerminalStream } from "./terminal.js";

function fakeStream(facts: { isTTY?: boolean; columns?: number }): TerminalStream & EventEmitter {
  const stream: unknown = Object.assign(new EventEmitter(), { write: () => true }, facts);
  return stream as TerminalStream & EventEmitter;
}

describe("a text stream", () => {
  test("has colours on a terminal", () => {
    const stream = createTextStream(fakeStream({ isTTY: true }), {});
    assert.equal(stream.style("red", "x"), "\x1b[31mx\x1b[39m");
  });

  for (const [where, isTTY, env] of [
    ["in a pipe", false, {}],
    ["with NO_COLOR", true, { NO_COLOR: "1" }],
    ["on a dumb terminal", true, { TERM: "dumb" }],
  ] as const) {
    test(`has no colours ${where}`, () => {
      assert.equal(createTextStream(fakeStream({ isTTY }), env).style("red", "x"), "x");
    });
  }

  test("keeps lines readable on a wide screen", () => {
    assert.equal(createTextStream(fakeStream({ isTTY: true, columns: 300 }), {}).columns, 100);
    assert.equal(createTextStream(fakeStream({ isTTY: true, columns: 60 }), {}).columns, 60);
  });

  test("is not ended by a reader that has gone", () => {
    const stream = fakeStream({});
    createTextStream(stream, {});
    assert.ok(stream.emit("error", new Error("EPIPE")));
  });
});
