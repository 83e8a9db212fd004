import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call } from "../call.js";
import { CallTrace, SpanKind, type TraceAudience } from "./call-trace.js";
import { traceHeaders } from "./trace-headers.js";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const callersSpan = "00f067aa0ba902b7";
const received = { traceId, parentSpanId: callersSpan, isSampled: true, state: "a=1" };

function callWith(audience: TraceAudience | undefined, traceContext: Call["traceContext"]): Call {
  const trace = audience && new CallTrace(audience);
  trace?.begin({ kind: SpanKind.call, name: "s/m", startedAt: 0 });
  return new Call({ service: "s", method: "m", trace, traceContext });
}

describe("the headers of an outgoing call", () => {
  test("are none for a call that belongs to no trace", () => {
    assert.deepEqual(traceHeaders(callWith(undefined, undefined)), {});
  });

  test("pass the caller's span on while this server keeps no trace", () => {
    const expected = { traceparent: `00-${traceId}-${callersSpan}-01`, tracestate: "a=1" };
    assert.deepEqual(traceHeaders(callWith(undefined, received)), expected);
    assert.deepEqual(traceHeaders(callWith({ isForCaller: true }, received)), expected);
  });

  test("are none for a trace that begins here and only its caller sees", () => {
    const context = { traceId, parentSpanId: undefined, isSampled: false, state: "" };
    assert.deepEqual(traceHeaders(callWith({ isForCaller: true }, context)), {});
  });

  test("name the span of this server that makes the call, also for a part of it", () => {
    const call = callWith({ isForSink: true }, { ...received, state: "" });
    const [whole] = call.trace?.spans ?? [];
    assert.deepEqual(traceHeaders(call.child()), { traceparent: `00-${traceId}-${whole?.id}-01` });
    const node = call.trace?.begin({ kind: SpanKind.node, name: "n", startedAt: 1 });
    assert.deepEqual(traceHeaders(call, node), { traceparent: `00-${traceId}-${node?.id}-01` });
  });
});
