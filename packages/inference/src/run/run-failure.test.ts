import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import { failureRecord } from "./failure-record.js";
import { runFailure } from "./run-failure.js";

describe("runFailure", () => {
  test("names the engine and keeps what the runtime said as the cause", () => {
    const thrown = new Error("MatMul: dimension mismatch", { cause: new Error("at /src/matmul.h:59") });
    const failure = runFailure("e", failureRecord(thrown));
    assert.equal(failure.code, Code.opFailure);
    assert.equal(failure.message, 'engine "e": the model failed: MatMul: dimension mismatch');
    assert.deepEqual(failure.cause, new Error("at /src/matmul.h:59"));
  });

  test("is one line of at most 1024 characters", () => {
    const { message } = runFailure("e", failureRecord(new Error(`a\n\0 b${"x".repeat(5000)}`)));
    assert.ok(message.startsWith('engine "e": the model failed: a bxxx'));
    assert.equal(message.length, 1024);
    assert.ok(message.endsWith("x…"));
  });

  test("makes do with what is not an Error", () => {
    assert.equal(runFailure("e", failureRecord("odd")).message, 'engine "e": the model failed: odd');
  });
});
