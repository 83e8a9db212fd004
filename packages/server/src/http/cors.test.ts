import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import type { Authenticator } from "../auth/authenticator.js";
import { TestServer, textService } from "../conformance/test-server.js";
import { CorsPolicy } from "./cors-policy.js";

const shop = "https://shop.example";

const echo = textService({
  echo: (text) => text,
  fail: () => {
    throw new ServeError(Code.opFailure, "too odd");
  },
});

function startServer(corsOrigins: readonly string[] | undefined, authenticator?: Authenticator) {
  return new TestServer([echo], {}, { corsOrigins, ...(authenticator ? { authenticator } : {}) }).start();
}

/** Headers of an answer that CORS is about. */
function corsHeaders({ headers }: Response): Record<string, string> {
  return Object.fromEntries(
    [...headers].filter(([name]) => name.startsWith("access-control-") || name === "vary"),
  );
}

function preflight(port: number, origin: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/test.Echo/echo`, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,authorization",
    },
    ...init,
  });
}

function call(port: number, method: string, origin: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/test.Echo/${method}`, {
    method: "POST",
    headers: { origin, "content-type": "application/json" },
    body: '"hello"',
  });
}

const allowed = {
  "access-control-allow-headers":
    "authorization, content-encoding, content-type, grpc-timeout, log-id, traceparent, tracestate, x-api-key, " +
    "x-model-version, x-paddlewheel-priority, x-paddlewheel-trace, x-request-id",
  "access-control-allow-methods": "GET, POST",
  "access-control-max-age": "600",
};
const exposed = {
  "access-control-expose-headers":
    "log-id, x-bd-error-code, x-model-version, x-paddlewheel-trace, x-request-id",
};

test("a preflight of an origin that was named is granted, without credentials", async () => {
  await using server = await startServer([shop, "http://localhost:5173"]);
  for (const origin of [shop, "http://localhost:5173"]) {
    const answer = await preflight(server.port, origin);
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), "");
    // There is no access-control-allow-credentials.
    assert.deepEqual(corsHeaders(answer), {
      ...allowed,
      "access-control-allow-origin": origin,
      vary: "origin",
    });
  }
});

test("a preflight of any origin is granted where * was named", async () => {
  await using server = await startServer(["*"]);
  const answer = await preflight(server.port, "https://anybody.example");
  assert.deepEqual(corsHeaders(answer), { ...allowed, "access-control-allow-origin": "*" });
});

test("a preflight of another origin is refused, and told so", async () => {
  await using server = await startServer([shop]);
  for (const origin of ["https://evil.example", "http://shop.example", "https://shop.example:444", "null"]) {
    const answer = await preflight(server.port, origin);
    assert.equal(answer.status, 403);
    assert.equal(await answer.text(), `pages of "${origin}" may not call this server\n`);
    assert.deepEqual(corsHeaders(answer), { vary: "origin" });
  }
});

test("answers and errors can be read by pages of the origin, with the headers that tell of them", async () => {
  await using server = await startServer([shop]);
  const answer = await call(server.port, "echo", shop);
  const readable = { ...exposed, "access-control-allow-origin": shop, vary: "origin" };
  assert.deepEqual([answer.status, corsHeaders(answer)], [200, readable]);
  const failure = await call(server.port, "fail", shop);
  assert.deepEqual([failure.status, corsHeaders(failure)], [500, readable]);
  const stranger = await call(server.port, "echo", "https://evil.example");
  assert.deepEqual(corsHeaders(stranger), { vary: "origin" });
});

test("the same holds over HTTP/2", async () => {
  await using server = await startServer([shop]);
  const session = connectHttp2(`http://127.0.0.1:${server.port}`);
  const stream = session.request({
    ":method": "OPTIONS",
    ":path": "/test.Echo/echo",
    origin: shop,
    "access-control-request-method": "POST",
  });
  stream.end();
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
  session.close();
  assert.equal(headers["access-control-allow-origin"], shop);
});

test("a preflight needs no token, for browsers send none; the call does", async () => {
  const authenticator: Authenticator = {
    refuse: () => new ServeError(Code.unauthenticated, "who are you?"),
  };
  await using server = await startServer([shop], authenticator);
  assert.equal((await preflight(server.port, shop)).status, 200);
  const answer = await call(server.port, "echo", shop);
  assert.deepEqual(
    [answer.status, answer.headers.get("access-control-allow-origin"), await answer.text()],
    [401, shop, "who are you?"],
  );
});

test("pages of the server are for no script of another origin", async () => {
  await using server = await startServer(["*"]);
  server.router.addPage("/flags", () => ({ status: 200, contentType: "text/plain", body: "OK" }));
  const page = await fetch(`http://127.0.0.1:${server.port}/flags`, { headers: { origin: shop } });
  assert.deepEqual([page.status, corsHeaders(page)], [200, {}]);
});

test("a server that was told nothing says nothing of it", async () => {
  for (const origins of [undefined, []]) {
    await using server = await startServer(origins);
    assert.deepEqual(corsHeaders(await preflight(server.port, shop)), {});
    assert.deepEqual(corsHeaders(await call(server.port, "echo", shop)), {});
  }
});

test("an origin must be one as browsers send it", () => {
  for (const origin of [
    "shop.example",
    "https://shop.example/",
    "https://Shop.example",
    "null",
    "",
    "ftp://a",
  ]) {
    assert.throws(() => new CorsPolicy([origin]), {
      code: Code.invalidArgument,
      message: `CORS origin ${JSON.stringify(origin)}: must be as browsers send it, https://shop.example or http://localhost:8080, or *`,
    });
  }
});
