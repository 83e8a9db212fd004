import { gzipSync } from "node:zlib";
import { goodRequests } from "../e2e/good-requests.js";
import { encodeRequest, requestJson, serviceName } from "../e2e/proto-messages.js";
import type { FuzzedProtocol } from "./fuzzed-protocol.js";

const json = Buffer.from(requestJson(goodRequests.linear.request));
const proto = encodeRequest(goodRequests.linear.request);
const path = `/${serviceName}/inference`;

function post(headers: readonly string[], body: Buffer, to = path): Buffer {
  const lines = [`POST ${to} HTTP/1.1`, "Host: x", ...headers, "", ""];
  return Buffer.concat([Buffer.from(lines.join("\r\n")), body]);
}

function get(target: string, version = "1.1"): Buffer {
  return Buffer.from(`GET ${target} HTTP/${version}\r\nHost: x\r\nUser-Agent: curl/8\r\n\r\n`);
}

const length = (body: Buffer): string => `Content-Length: ${body.length}`;

/** Two chunks, an extension and a trailer. */
const chunked = Buffer.concat([
  Buffer.from("5;a=b\r\n"),
  json.subarray(0, 5),
  Buffer.from(`\r\n${(json.length - 5).toString(16)}\r\n`),
  json.subarray(5),
  Buffer.from("\r\n0\r\nX-Trailer: 1\r\n\r\n"),
]);

const packed = gzipSync(json);

export const http1: FuzzedProtocol = {
  name: "HTTP/1.1",
  preface: Buffer.alloc(0),
  frames: [
    post(["Content-Type: application/json", length(json)], json),
    post(["Content-Type: application/proto", length(proto)], proto),
    post(["Content-Type: application/json", "Transfer-Encoding: chunked"], chunked),
    post(["Content-Type: application/json", "Content-Encoding: gzip", length(packed)], packed),
    post(["Expect: 100-continue", "Accept-Encoding: gzip", length(json)], json),
    post(["log-id: 7", "x-request-id: fuzz", "authorization: Bearer x", length(json)], json),
    post(["Connection: close", length(json)], json, "/GeneralModelService/inference"),
    post(["Content-Length: 35"], Buffer.from('{"feed":[{"x":[1,2,3]}],"fetch":[]}'), "/model/prediction"),
    get("/health"),
    get("/health/live", "1.0"),
    get("/metrics"),
    get("/status"),
    get("/vars/rpc*?console=1"),
    get("/flags?x=%41%zz"),
    get("/nowhere"),
    Buffer.from("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"),
    Buffer.from("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
  ],
  answers: /^(?:HTTP\/1\.1 \d\d\d |$)/,
};
