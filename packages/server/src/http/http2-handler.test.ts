import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Stream, connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { Code } from "@paddlewheel/core";
import { TestServer, textService } from "../conformance/test-server.js";

const service = textService({ echo: (body) => body });

async function withRequest(
  headers: Readonly<Record<string, string>>,
  body: (stream: ClientHttp2Stream, server: TestServer) => Promise<void>,
): Promise<void> {
  await using server = await new TestServer([service], { maxBodySize: 1000 }).start();
  const session = connectHttp2(`http://127.0.0.1:${server.port}`);
  session.on("error", () => {});
  const head = { ":method": "POST", ":path": "/test.Echo/echo" };
  await body(
    session.request({ ...head, ...headers }).on("error", () => {}),
    server,
  );
  session.destroy();
}

async function headersOf(stream: ClientHttp2Stream): Promise<IncomingHttpHeaders> {
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
  return headers;
}

describe("a request over HTTP/2 that is not gRPC", () => {
  test("is JSON unless it says otherwise", () =>
    withRequest({}, async (stream) => {
      stream.end("hi");
      assert.equal((await headersOf(stream))["content-type"], "application/json");
      assert.equal(await text(stream), "hi");
    }));

  test("may be packed, and so may its answer", () =>
    withRequest({ "content-encoding": "gzip", "accept-encoding": "gzip" }, async (stream) => {
      const body = "x".repeat(600);
      stream.end(gzipSync(body));
      assert.equal((await headersOf(stream))["content-encoding"], "gzip");
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      assert.equal(gunzipSync(Buffer.concat(chunks)).toString(), body);
    }));

  test("is refused by its content-length, before its body comes", () =>
    withRequest({ "content-length": "1001" }, async (stream) => {
      const { ":status": status, "x-bd-error-code": number } = await headersOf(stream);
      assert.deepEqual([status, number], [413, String(Code.messageTooLarge)]);
      assert.equal(await text(stream), "Received message larger than max (1001 vs 1000)");
    }));

  test("is refused when its body grows too large", () =>
    withRequest({}, async (stream) => {
      stream.write("x".repeat(1001));
      assert.equal((await headersOf(stream))[":status"], 413);
    }));

  test("ends with its caller", () =>
    withRequest({}, async (stream, server) => {
      stream.write("half");
      while (server.gate.isIdle) await new Promise(setImmediate);
      stream.session?.destroy();
      while (!server.gate.isIdle) await new Promise(setImmediate);
      const line = server.logger.lines.find(({ message }) => message === "call");
      assert.equal(line?.fields.error, "the body was cut off");
    }));

  test("is answered by a stopping server when its body does not come", () =>
    withRequest({}, async (stream, server) => {
      stream.write("half");
      while (server.gate.isIdle) await new Promise(setImmediate);
      server.http2.drain();
      assert.equal((await headersOf(stream))[":status"], 503);
      assert.equal(await text(stream), "the server is stopping");
    }));
});
