import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import type { Authenticator } from "../auth/authenticator.js";
import { TestServer } from "../conformance/test-server.js";
import type { PageContent, PageRequest } from "./page.js";

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

/** A page that says what it was asked for. */
function askedFor({ method, rest, query }: PageRequest): PageContent {
  return { status: 200, contentType: "text/plain", body: `${method} ${rest} ${query.get("q")}` };
}

async function fetchText(port: number, target: string, init: RequestInit = {}): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}${target}`, init);
  return `${answer.status} ${answer.headers.get("x-bd-error-code")} ${await answer.text()}`;
}

test("a page may answer for what is below it, decoded, with the query and by other methods", async () => {
  await using server = await new TestServer([]).start();
  server.router.addPage("/page", askedFor, { hasRest: true, methods: ["POST"] });
  const ask = (target: string, method = "GET"): Promise<string> => fetchText(server.port, target, { method });
  assert.equal(await ask("/page"), "200 null GET  null");
  assert.equal(await ask("/page/a%3B/b?q=1%202&r"), "200 null GET a;/b 1 2");
  assert.equal(await ask("/page/?q", "POST"), "200 null POST  ");
  assert.equal(await ask("/page/%E4"), "400 22 the path is not percent-encoded UTF-8");
  assert.match(await ask("/page", "PUT"), /^404 /);
  assert.match(await ask("/pages/a"), /^404 /);
});

test("a page of a scope asks the authenticator, and may do so for another", async () => {
  const authenticator: Authenticator = {
    refuse: (scope, credential) =>
      credential?.reveal() === scope ? undefined : new ServeError(Code.unauthenticated, `not for ${scope}`),
  };
  await using server = await new TestServer([], {}, { authenticator }).start();
  const page = ({ refuse }: PageRequest): PageContent => {
    const body = refuse("change")?.message ?? "changed";
    return { status: 200, contentType: "text/plain", body, headers: { "x-bd-error-code": "none" } };
  };
  server.router.addPage("/page", page, { scope: "see" });
  server.router.addPage("/open", page);
  const ask = (path: string, credential: string): Promise<string> =>
    fetchText(server.port, path, { headers: { "x-api-key": credential } });
  assert.equal(await ask("/page", "change"), "401 1004 not for see");
  assert.equal(await ask("/page", "see"), "200 none not for change");
  assert.equal(await ask("/open", "change"), "200 none changed");
});
