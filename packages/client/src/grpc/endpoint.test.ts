import assert from "node:assert/strict";
import { test } from "node:test";
import { Code } from "@paddlewheel/core";
import { parseEndpoint } from "./endpoint.js";

test("parseEndpoint takes names and addresses with a port", () => {
  assert.deepEqual(parseEndpoint("localhost:9393"), { host: "localhost", port: 9393 });
  assert.deepEqual(parseEndpoint("10.0.0.1:1"), { host: "10.0.0.1", port: 1 });
  assert.deepEqual(parseEndpoint("[::1]:65535"), { host: "::1", port: 65_535 });
});

test("parseEndpoint refuses what is not host:port", () => {
  for (const text of [
    "",
    "localhost",
    ":80",
    "a:",
    "a:0",
    "a:65536",
    "a:x",
    "::1:80",
    "a b:80",
    "ftp://a:80",
    "a:80/x",
  ]) {
    assert.throws(() => parseEndpoint(text), {
      code: Code.invalidArgument,
      message: `endpoint ${JSON.stringify(text)}: must be host:port`,
    });
  }
});
