import assert from "node:assert/strict";
import { test } from "node:test";
import { brpcTraceContext, readTraceContext } from "./trace-context.js";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const traceparent = `00-${traceId}-${spanId}-00`;

function read(headers: Readonly<Record<string, string>>) {
  return readTraceContext((name) => headers[name]);
}

test("W3C's headers give the trace of a request", () => {
  const context = { traceId, parentSpanId: spanId, isSampled: false, state: "a=1" };
  assert.deepEqual(read({ traceparent, tracestate: "a=1" }), context);
});

test("brpc's headers do where W3C's are missing", () => {
  const brpc = { "x-bd-trace-id": "18446744073709551615", "x-bd-span-id": "255" };
  assert.deepEqual(read(brpc), {
    traceId: "0000000000000000ffffffffffffffff",
    parentSpanId: "00000000000000ff",
    isSampled: true,
    state: "",
  });
  assert.equal(read({ ...brpc, traceparent })?.traceId, traceId);
});

for (const [what, headers] of [
  ["no headers", {}],
  ["a faulty traceparent, whatever else there is", { traceparent: "x", "x-bd-trace-id": "1" }],
  ["a tracestate alone", { tracestate: "a=1" }],
  ["a trace id of brpc that is 0", { "x-bd-trace-id": "0", "x-bd-span-id": "1" }],
  ["a trace id of brpc that is no number", { "x-bd-trace-id": "0x1f" }],
  ["a trace id of brpc beyond 64 bits", { "x-bd-trace-id": "18446744073709551616" }],
] as const) {
  test(`${what} mean no trace`, () => assert.equal(read(headers), undefined));
}

test("ids of brpc's meta may be negative, and the span may be missing", () => {
  assert.deepEqual(brpcTraceContext({ traceId: -1n, spanId: 0n }), {
    traceId: "0000000000000000ffffffffffffffff",
    parentSpanId: undefined,
    isSampled: true,
    state: "",
  });
  assert.equal(brpcTraceContext({ traceId: 1n, spanId: -2n })?.parentSpanId, "fffffffffffffffe");
  assert.equal(brpcTraceContext({ traceId: 0n, spanId: 1n }), undefined);
});
