import assert from "node:assert/strict";
import { test } from "node:test";
import { sniffProtocol } from "./sniff.js";

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

for (const [bytes, protocol] of [
  ["PRPC\0\0\0\x10", "baidu_std"],
  ["PRPC", "baidu_std"],
  ["P", undefined],
  ["PR", undefined],
  ["PRP", undefined],
  ["PRI", undefined],
  ["PRI * HTTP/2.0\r\n", undefined],
  [preface, "http2"],
  [`${preface}\0\0\0\x04`, "http2"],
  ["PRI * HTTP/1.1\r\n", "http1"],
  ["POST /x HTTP/1.1", "http1"],
  ["PUT", "http1"],
  ["GET / HTTP/1.1", "http1"],
  ["\0", "http1"],
  ["\x16\x03\x01", "tls"],
  ["\x16", "tls"],
  ["", undefined],
] as const) {
  test(`${JSON.stringify(bytes)} begins ${protocol ?? "something that is not clear yet"}`, () => {
    assert.equal(sniffProtocol(Buffer.from(bytes, "latin1")), protocol);
  });
}

test("every beginning of a preface is either undecided or right", () => {
  for (let length = 1; length < preface.length; length++) {
    assert.equal(sniffProtocol(Buffer.from(preface.slice(0, length))), undefined);
  }
});
