import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { test } from "node:test";
import { inspect } from "node:util";
import { Client, credentials, Metadata, type StatusObject, status } from "@grpc/grpc-js";
import { Code, type Secret, ServeError } from "@paddlewheel/core";
import type { Authenticator } from "../auth/authenticator.js";
import { TokenAuthenticator } from "../auth/token-authenticator.js";
import { parseTokenList } from "../auth/token-list.js";
import { PromMetrics } from "../observe/prom-metrics.js";
import { baiduStdClient, grpcClient, http2Client, httpClient } from "./test-clients.js";
import { TestServer, textService } from "./test-server.js";

const service = textService({ echo: (text) => text });

const transports = [
  ["http", httpClient],
  ["http over HTTP/2", http2Client],
  ["grpc", grpcClient],
  ["grpc-js", grpcClient],
  ["baidu_std", baiduStdClient],
] as const;

for (const [transport, createClient] of transports) {
  test(`a call brings its credential to the authenticator, and is over when that refuses it (${transport})`, async () => {
    const asked: (string | undefined)[][] = [];
    const authenticator: Authenticator = {
      refuse(scope: string, credential: Secret | undefined): ServeError | undefined {
        asked.push([scope, credential?.reveal()]);
        if (credential?.reveal() === "Bearer good") return undefined;
        return new ServeError(Code.unauthenticated, "no");
      },
    };
    const grpc = transport === "grpc-js" ? transport : "native";
    await using server = await new TestServer([service], {}, { grpc, authenticator }).start();
    const client = createClient(server.port);
    const call = async (headers: Record<string, string>): Promise<number> =>
      (await client.call({ method: "echo", headers })).number;
    assert.equal(await call({ authorization: "Bearer good" }), Code.ok);
    assert.equal(await call({ authorization: "raw", "x-api-key": "unread" }), Code.unauthenticated);
    assert.equal(await call({ "x-api-key": "key" }), Code.unauthenticated);
    assert.equal(await call({}), Code.unauthenticated);
    client.close();
    assert.deepEqual(asked, [
      ["test.Echo", "Bearer good"],
      ["test.Echo", "raw"],
      ["test.Echo", "key"],
      ["test.Echo", undefined],
    ]);
    assert.ok(server.gate.isIdle);
  });
}

const token = "canary-0123456789abcdef";

function tokenAuthenticator(text: string): Authenticator {
  return new TokenAuthenticator(parseTokenList(text, "tokens"), new PromMetrics());
}

for (const path of ["http1", "http2"] as const) {
  test(`a page of a scope needs a token (${path})`, async () => {
    const authenticator = tokenAuthenticator(`${token} pages`);
    await using server = await new TestServer([service], {}, { authenticator }).start();
    const page = { status: 200, contentType: "text/plain", body: "OK" };
    server.router.addPage("/open", () => page);
    server.router.addPage("/page", () => page, { scope: "pages" });
    server.router.addPage("/metrics", () => page, { scope: "metrics" });
    const get = path === "http1" ? getByHttp1 : getByHttp2;
    const authorization = `Bearer ${token}`;
    assert.deepEqual(await get(server.port, "/open", {}), { status: 200, challenge: undefined });
    assert.deepEqual(await get(server.port, "/page", { authorization }), {
      status: 200,
      challenge: undefined,
    });
    assert.deepEqual(await get(server.port, "/page", {}), { status: 401, challenge: "Bearer" });
    assert.deepEqual(await get(server.port, "/metrics", { authorization }), {
      status: 403,
      challenge: undefined,
    });
  });
}

for (const grpc of ["native", "grpc-js"] as const) {
  test(`reflection needs a token and health none (${grpc})`, async () => {
    const authenticator = tokenAuthenticator(`${token} test.Echo`);
    await using server = await new TestServer([service], {}, { grpc, authenticator }).start();
    const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
    const reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    assert.equal(await statusOf(client, reflection, {}), status.UNAUTHENTICATED);
    assert.equal(await statusOf(client, reflection, { "x-api-key": token }), status.PERMISSION_DENIED);
    assert.equal(await statusOf(client, "/grpc.health.v1.Health/Check", {}), status.OK);
    client.close();
  });
}

test("no log line, metric or answer repeats a credential", async () => {
  const authenticator = tokenAuthenticator(`${token} Echo`);
  await using server = await new TestServer([service], {}, { authenticator }).start();
  const seen: string[] = [];
  for (const createClient of [httpClient, http2Client, grpcClient]) {
    const client = createClient(server.port);
    for (const headers of [{ authorization: `Bearer ${token}` }, { "x-api-key": `${token}-wrong` }]) {
      for (const name of ["test.Echo", "test.Nope"]) {
        seen.push(JSON.stringify(await client.call({ service: name, method: "echo", headers })));
      }
    }
    client.close();
  }
  seen.push(await server.metrics.text());
  for (const { fields, message } of server.logger.lines)
    seen.push(message, inspect(fields, { depth: 9, showHidden: true }));
  assert.ok(seen.length > 24);
  for (const text of seen) assert.ok(!text.includes("canary"), text);
});

interface PageOutcome {
  readonly status: number;
  /** Of the header `www-authenticate`. */
  readonly challenge: string | undefined;
}

async function getByHttp1(port: number, path: string, headers: Record<string, string>): Promise<PageOutcome> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  await response.text();
  return { status: response.status, challenge: response.headers.get("www-authenticate") ?? undefined };
}

async function getByHttp2(port: number, path: string, headers: Record<string, string>): Promise<PageOutcome> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = session.request({ ":path": path, ...headers });
  const [received] = (await once(stream, "response")) as [IncomingHttpHeaders];
  session.close();
  return { status: Number(received[":status"]), challenge: received["www-authenticate"] };
}

async function statusOf(client: Client, path: string, headers: Record<string, string>): Promise<status> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const asIs = (bytes: Buffer): Buffer => bytes;
  const stream = client.makeBidiStreamRequest(path, asIs, asIs, metadata);
  stream.on("error", () => {});
  stream.resume();
  stream.write(Buffer.alloc(0));
  stream.end();
  return new Promise((resolve) => stream.on("status", ({ code }: StatusObject) => resolve(code)));
}
