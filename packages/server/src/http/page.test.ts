import assert from "node:assert/strict";
import { test } from "node:test";
import { TestServer } from "../conformance/test-server.js";

test("a page answers GET and HEAD, and no other method", async () => {
  await using server = await new TestServer([]).start();
  server.http.addPage("/page", () => ({ status: 200, contentType: "text/plain", body: "OK" }));
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
