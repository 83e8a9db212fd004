import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { TestServer } from "../conformance/test-server.js";

test("a page answers GET and HEAD, and no other method", async () => {
  await using server = await new TestServer([]).start();
  server.router.addPage("/page", () => ({ status: 200, contentType: "text/plain", body: "OK" }));
  const url = `http://127.0.0.1:${server.port}/page`;
  const answers = await Promise.all(["GET", "HEAD", "POST"].map((method) => fetch(url, { method })));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 404],
  );
  const texts = await Promise.all(answers.slice(0, 2).map((answer) => answer.text()));
  assert.deepEqual(texts, ["OK", ""]);
  assert.equal(answers[1]?.headers.get("content-length"), "2");
});

test("a page answers GET and HEAD over HTTP/2, and no other method", async () => {
  await using server = await new TestServer([]).start();
  server.router.addPage("/page", () => ({ status: 200, contentType: "text/plain", body: "OK" }));
  const session = connectHttp2(`http://127.0.0.1:${server.port}`);
  const answers = [];
  for (const method of ["GET", "HEAD", "POST"]) {
    const stream = session.request({ ":method": method, ":path": "/page?x=1" });
    stream.end();
    const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
    answers.push([headers[":status"], headers["content-length"], await text(stream)]);
  }
  session.close();
  assert.deepEqual(answers.slice(0, 2), [
    [200, "2", "OK"],
    [200, "2", ""],
  ]);
  assert.equal(answers[2]?.[0], 404);
});
