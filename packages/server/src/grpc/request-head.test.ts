import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import type { HeaderField } from "@paddlewheel/http2";
import { defaultLimits } from "../limits.js";
import { isGrpcRequest, isRefusal, type RequestHead, readRequestHead } from "./request-head.js";

const usual = { ":method": "POST", ":path": "/test.Echo/echo", "content-type": "application/grpc" };

function fieldsOf(headers: Readonly<Record<string, string>>): HeaderField[] {
  return Object.entries({ ...usual, ...headers }).map(([name, value]) => ({ name, value }));
}

function headOf(headers: Readonly<Record<string, string>>, limits = defaultLimits): RequestHead {
  const head = readRequestHead(fieldsOf(headers), limits);
  assert.ok(!isRefusal(head));
  return head;
}

describe("isGrpcRequest", () => {
  for (const type of [
    "application/grpc",
    "Application/GRPC+proto",
    "application/grpc-web",
    "application/grpc+json",
  ]) {
    test(`is true of ${type}`, () => assert.equal(isGrpcRequest(fieldsOf({ "content-type": type })), true));
  }

  for (const type of ["application/json", "application/proto", ""]) {
    test(`is false of ${JSON.stringify(type)}`, () =>
      assert.equal(isGrpcRequest(fieldsOf({ "content-type": type })), false));
  }

  test("is false without a content type", () => assert.equal(isGrpcRequest([]), false));
});

describe("readRequestHead", () => {
  test("reads a call of few words", () => {
    const { path, timeoutMs, encoding, answerEncoding, fault } = headOf({});
    assert.deepEqual(
      { path, timeoutMs, encoding, answerEncoding, fault },
      {
        path: "/test.Echo/echo",
        timeoutMs: 60_000,
        encoding: "identity",
        answerEncoding: "identity",
        fault: undefined,
      },
    );
  });

  test("reads deadline, encodings and ids", () => {
    const headers = { "grpc-timeout": "250m", "grpc-encoding": "gzip", "grpc-accept-encoding": "deflate" };
    const head = headOf({ ...headers, "log-id": "7", "x-request-id": "r" });
    assert.deepEqual([head.timeoutMs, head.encoding, head.answerEncoding], [250, "gzip", "deflate"]);
    assert.deepEqual([head.callHeaders.logId, head.callHeaders.requestId], [7n, "r"]);
  });

  test("gives no more time than the limit, and none where there is no default", () => {
    assert.equal(headOf({ "grpc-timeout": "9H" }, { ...defaultLimits, maxTimeoutMs: 1000 }).timeoutMs, 1000);
    assert.equal(headOf({}, { ...defaultLimits, defaultTimeoutMs: 0 }).timeoutMs, undefined);
  });

  test("joins fields of one name", () => {
    const fields = [...fieldsOf({ tracestate: "a=1" }), { name: "tracestate", value: "b=2" }];
    const traceparent = { name: "traceparent", value: `00-${"1".repeat(32)}-${"2".repeat(16)}-01` };
    const head = readRequestHead([...fields, traceparent], defaultLimits);
    assert.ok(!isRefusal(head));
    assert.equal(head.callHeaders.traceContext?.state, "a=1,b=2");
  });

  for (const [header, value, code] of [
    ["grpc-timeout", "soon", Code.malformedRequest],
    ["grpc-encoding", "br", Code.methodNotFound],
  ] as const) {
    test(`finds fault with ${header}: ${value}`, () => {
      const { fault } = headOf({ [header]: value });
      assert.equal(fault?.code, code);
      assert.match(fault?.message ?? "", new RegExp(`^${header}: "${value}" is not`));
    });
  }

  for (const [headers, status] of [
    [{ "content-type": "application/grpc-web" }, "415"],
    [{ "content-type": "application/grpc+json" }, "415"],
    [{ ":method": "GET" }, "405"],
  ] as const) {
    test(`answers ${JSON.stringify(headers)} with ${status}`, () => {
      const refusal = readRequestHead(fieldsOf(headers), defaultLimits);
      assert.ok(isRefusal(refusal));
      assert.deepEqual(refusal[0], { name: ":status", value: status });
    });
  }
});
