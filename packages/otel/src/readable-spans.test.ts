import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { Code, ServeError } from "@paddlewheel/core";
import { readableSpans, tracesIn } from "./readable-spans.js";
import { finishedTrace } from "./testing/finished-trace.js";

const resource = resourceFromAttributes({});
const spansOf = (...args: Parameters<typeof finishedTrace>) =>
  readableSpans(finishedTrace(...args), resource);

describe("the span of a call", () => {
  test("is the server's, named as RPC calls are, with times since the epoch", () => {
    const [call] = spansOf({ call: { protocol: "grpc", requestId: "r1", logId: 7n } });
    assert.deepEqual([call?.name, call?.kind, call?.status], ["S/m", 1, { code: 0 }]);
    assert.deepEqual(
      [call?.startTime, call?.endTime],
      [
        [1_700_000_002, 0],
        [1_700_000_002, 3_000_000],
      ],
    );
    assert.deepEqual(call?.duration, [0, 3_000_000]);
    assert.deepEqual(JSON.parse(JSON.stringify(call?.attributes)), {
      "rpc.system": "grpc",
      "rpc.service": "S",
      "rpc.method": "m",
      "network.protocol.name": "http",
      "paddlewheel.request_id": "r1",
      "paddlewheel.log_id": "7",
      "paddlewheel.code": 0,
    });
  });

  test("is a child of the caller's span, and begins a trace without one", () => {
    const parentSpanId = "00f067aa0ba902b7";
    const [joined] = spansOf({ context: { parentSpanId, state: "a=1" } });
    assert.deepEqual(
      [joined?.parentSpanContext?.spanId, joined?.parentSpanContext?.isRemote],
      [parentSpanId, true],
    );
    assert.equal(joined?.spanContext().traceState?.serialize(), "a=1");
    const [begun] = spansOf();
    assert.equal(begun?.parentSpanContext, undefined);
    assert.deepEqual([begun?.spanContext().traceId, begun?.spanContext().traceFlags], ["ab".repeat(16), 1]);
  });

  for (const [what, code, isError] of [
    ["a fault of the server is an error", Code.opFailure, true],
    ["a deadline that has passed is an error", Code.deadlineExceeded, true],
    ["a mistake of the caller is none", Code.invalidArgument, false],
    ["a caller that went away is none", Code.cancelled, false],
  ] as const) {
    test(`says why it failed; ${what}`, () => {
      const [call] = spansOf({ error: new ServeError(code, "because") });
      assert.deepEqual(call?.status, isError ? { code: 2, message: "because" } : { code: 0 });
      assert.equal(call?.attributes["paddlewheel.code"], code);
      assert.equal(typeof call?.attributes["error.type"], "string");
    });
  }
});

test("what a call did inside are internal spans below, with attributes of their own", () => {
  const [call, run, node] = spansOf({ nodes: 1 });
  assert.deepEqual(
    [run?.name, run?.kind, run?.parentSpanContext?.spanId],
    ["run/e", 0, call?.spanContext().spanId],
  );
  assert.deepEqual(run?.attributes, {
    "paddlewheel.engine": "e",
    "paddlewheel.version": "2",
    "paddlewheel.model_us": 900,
  });
  assert.deepEqual(
    [run?.startTime, run?.endTime],
    [
      [1_700_000_002, 500_000],
      [1_700_000_002, 1_500_000],
    ],
  );
  assert.deepEqual(
    [node?.attributes, node?.status],
    [
      { "paddlewheel.node": "n0", "error.type": "opFailure" },
      { code: 2, message: "opFailure" },
    ],
  );
});

test("spans of several calls are counted as the traces they are", () => {
  assert.equal(tracesIn([...spansOf({ nodes: 3 }), ...spansOf()]), 2);
});
