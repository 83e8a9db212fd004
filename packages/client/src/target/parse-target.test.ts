import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import { parseTarget } from "./parse-target.js";

describe("parseTarget", () => {
  for (const [text, expected] of [
    ["127.0.0.1:9393", { protocol: "grpc", naming: "127.0.0.1:9393", isTls: undefined }],
    ["grpc://one:1", { protocol: "grpc", naming: "one:1", isTls: undefined }],
    ["grpcs://one:1", { protocol: "grpc", naming: "one:1", isTls: true }],
    ["baidu_std://[::1]:8010", { protocol: "baidu_std", naming: "[::1]:8010", isTls: undefined }],
    ["http://one", { protocol: "http", naming: "one:80", isTls: false }],
    ["https://one/", { protocol: "http", naming: "one:443", isTls: true }],
    ["list://one:1 3,two:2", { protocol: "grpc", naming: "list://one:1 3,two:2", isTls: undefined }],
    ["file:///etc/servers", { protocol: "grpc", naming: "file:///etc/servers", isTls: undefined }],
  ] as const) {
    test(`reads ${text}`, () => assert.deepEqual(parseTarget(text), expected));
  }

  test("calls by the protocol asked for where the text names none", () => {
    assert.equal(parseTarget("list://one:1", "baidu_std").protocol, "baidu_std");
    assert.equal(parseTarget("one:1", "http").protocol, "http");
    assert.equal(parseTarget("grpc://one:1", "http").protocol, "grpc");
  });

  test("refuses a scheme without a server", () => {
    assert.throws(() => parseTarget("baidu_std://one"), {
      code: Code.invalidArgument,
      message: 'endpoint "baidu_std://one": behind baidu_std:// must be host:port',
    });
    assert.throws(() => parseTarget("http://one/v1/predict"), {
      message: 'endpoint "http://one/v1/predict": behind http:// must be host or host:port',
    });
  });
});
