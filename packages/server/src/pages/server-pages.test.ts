import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { Code, type Secret, ServeError } from "@paddlewheel/core";
import type { Authenticator } from "../auth/authenticator.js";
import { baiduStdClient, grpcClient, http2Client, httpClient } from "../conformance/test-clients.js";
import { TestServer, textService } from "../conformance/test-server.js";
import { defaultLimits } from "../limits.js";
import { type PagesOptions, ServerPages } from "./server-pages.js";

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

type Get = (target: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

async function overHttp1(
  port: number,
  target: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const answer = await fetch(`http://127.0.0.1:${port}${target}`, { headers });
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
}

async function overHttp2(
  port: number,
  target: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = session.request({ ":path": target, ...headers });
  const [head] = (await once(stream, "response")) as [IncomingHttpHeaders];
  const body = await text(stream);
  session.close();
  const plain = Object.entries(head).map(([name, value]) => [name, value?.toString()]);
  return { status: Number(head[":status"]), headers: Object.fromEntries(plain), body };
}

/** A server with pages, asked on the port of its services and, where there is one, on the internal one. */
async function withPages(
  options: PagesOptions & { readonly authenticator?: Authenticator; readonly maxConcurrency?: number },
  check: (ask: {
    readonly get: Get;
    readonly getInternal: Get;
    readonly server: TestServer;
  }) => Promise<void>,
  get = overHttp1,
): Promise<void> {
  const { authenticator, maxConcurrency = 0, ...pagesOptions } = options;
  const service = textService({ echo: (body) => body });
  await using server = await new TestServer(
    [service],
    { maxConcurrency },
    authenticator ? { authenticator } : {},
  ).start();
  const { router, listener, gate, directory, logger, metrics, http, grpc, baiduStd } = server;
  const pages = new ServerPages({
    ...pagesOptions,
    ...{ router, listener, gate, directory, logger, metrics, limits: defaultLimits },
    health: { state: () => "ready", engines: () => [] },
    requestsOn: (socket) => http.requestsOn(socket) ?? grpc.requestsOn(socket) ?? baiduStd.requestsOn(socket),
  });
  const internal = await pages.open(8010);
  try {
    await check({
      server,
      get: (target, headers = {}) => get(server.port, target, headers),
      getInternal: (target, headers = {}) => get(internal?.port ?? 0, target, headers),
    });
  } finally {
    pages.close();
  }
}

const browser = { "user-agent": "Mozilla/5.0" };
const curl = { "user-agent": "curl/8.0" };

for (const [protocol, get] of [
  ["HTTP/1.1", overHttp1],
  ["HTTP/2", overHttp2],
] as const) {
  describe(`pages over ${protocol}`, () => {
    test("are text for curl and who asks for it, HTML for browsers", async () => {
      await withPages(
        { version: "v7" },
        async ({ get: ask }) => {
          for (const [target, headers] of [
            ["/version", curl],
            ["/version?console=1", browser],
          ] as const) {
            const answer = await ask(target, headers);
            assert.equal(answer.headers["content-type"], "text/plain; charset=utf-8");
            assert.equal(answer.body, "v7\n");
          }
          for (const [target, headers] of [
            ["/version", browser],
            ["/version?console=0", curl],
          ] as const) {
            const answer = await ask(target, headers);
            assert.equal(answer.headers["content-type"], "text/html; charset=utf-8");
            assert.match(answer.body, /^<!doctype html>\n.*<pre>v7<\/pre>/s);
          }
        },
        get,
      );
    });

    test("tell of the calls of a method, and of connections", async () => {
      await withPages(
        {},
        async ({ get: ask, server }) => {
          const client = httpClient(server.port);
          await client.call({ method: "echo", body: "hi" });
          await client.call({ method: "none" });
          const status = (await ask("/status", curl)).body;
          assert.match(status, /^non_service_error: 1$/m);
          assert.match(status, /^test\.Echo\necho \(test\.Text\) returns \(test\.Text\)\ncount: 1\n/m);
          const connections = (await ask("/connections", curl)).body;
          const name = get === overHttp1 ? "http" : "h2";
          const row = new RegExp(
            `^127\\.0\\.0\\.1:\\d+ \\| ${name} \\| 0 s \\| \\d+ \\| \\d+ \\| \\d+ \\| 1$`,
            "m",
          );
          assert.match(connections, row);
          assert.match(
            (await ask("/flags/max_body_size", curl)).body,
            /\nmax_body_size \| 67108864 \| largest/,
          );
        },
        get,
      );
    });

    test("are refused on the port of the services when they have their own, but for health", async () => {
      await withPages(
        { internalPort: 0 },
        async ({ get: ask, getInternal }) => {
          const targets = ["/", "/status", "/vars/a", "/flags/a?setvalue=1", "/metrics", "/brpc_metrics"];
          for (const target of targets) {
            const { status, headers, body } = await ask(target);
            assert.deepEqual(
              [status, headers["x-bd-error-code"], body],
              [403, "1", "this page is on the internal port of the server only"],
              target,
            );
          }
          for (const target of ["/health", "/health/live", "/health/ready"]) {
            assert.equal((await ask(target)).status, 200, target);
            assert.equal((await getInternal(target)).status, 200, target);
          }
          for (const target of ["/", "/status", "/vars/a", "/metrics", "/brpc_metrics"]) {
            assert.equal((await getInternal(target)).status, 200, target);
          }
          assert.equal((await getInternal("/test.Echo/echo")).status, 404);
        },
        get,
      );
    });
  });
}

test("the requests of a connection are counted whatever it speaks", async () => {
  await withPages({}, async ({ get, server }) => {
    const clients = [baiduStdClient, grpcClient, http2Client].map((create) => create(server.port));
    for (const client of clients) for (let i = 0; i < 3; i++) await client.call({ method: "echo" });
    const rows = (await get("/connections", curl)).body.split("\n").slice(2, -1);
    const counts = rows
      .map((row) => row.split(" | "))
      .map((cells) => [cells[1], ...cells.slice(5)].join(" "));
    assert.deepEqual(counts.sort(), ["baidu_std 3 0", "h2 3 0", "h2 3 0", "http 1 1"]);
    for (const client of clients) client.close();
  });
});

test("pages that are turned off are not there", async () => {
  await withPages({ pages: "health" }, async ({ get }) => {
    for (const target of ["/", "/status", "/metrics"]) assert.equal((await get(target)).status, 404, target);
    assert.equal((await get("/health")).status, 200);
  });
});

test("where there is an authenticator it says who sees which page; the internal port shows them to all", async () => {
  const authenticator: Authenticator = {
    refuse: (scope: string, credential: Secret | undefined) =>
      credential?.reveal() === scope ? undefined : new ServeError(Code.unauthenticated, "no token"),
  };
  await withPages({ authenticator }, async ({ get }) => {
    assert.equal((await get("/health")).status, 200);
    assert.equal((await get("/status")).status, 401);
    assert.equal((await get("/status", { authorization: "pages" })).status, 200);
    assert.equal((await get("/metrics", { authorization: "pages" })).status, 401);
    assert.equal((await get("/brpc_metrics", { authorization: "metrics" })).status, 200);
  });
  await withPages({ authenticator, internalPort: 0 }, async ({ get, getInternal }) => {
    assert.equal((await getInternal("/status")).status, 200);
    assert.equal((await get("/status", { authorization: "pages" })).status, 403);
  });
});

test("a changed flag is logged, a secret one without its value", async () => {
  const flag = { description: "", value: () => "canary", set: () => {} };
  const flags = [
    { ...flag, name: "open" },
    { ...flag, name: "hidden", isSecret: true },
  ];
  const authenticator: Authenticator = { refuse: () => undefined };
  await withPages({ authenticator, flags, reloadableFlags: true }, async ({ server }) => {
    for (const { name } of flags) {
      const url = `http://127.0.0.1:${server.port}/flags/${name}?setvalue=1`;
      assert.equal((await fetch(url, { method: "POST", headers: curl })).status, 200);
    }
    const lines = server.logger.lines.filter(({ message }) => message === "a flag was changed");
    assert.deepEqual(
      lines.map(({ fields }) => fields),
      [
        { flag: "open", value: "canary" },
        { flag: "hidden", value: "***" },
      ],
    );
  });
});

test("a max_concurrency that is a number can be changed while the server runs", async () => {
  const authenticator: Authenticator = { refuse: () => undefined };
  const options = { authenticator, reloadableFlags: true, maxConcurrency: 2 };
  await withPages(options, async ({ get, server }) => {
    const set = async (value: string): Promise<string> => {
      const url = `http://127.0.0.1:${server.port}/flags/max_concurrency?setvalue=${value}`;
      return (await fetch(url, { method: "POST", headers: curl })).text();
    };
    assert.equal(await set("3"), "max_concurrency is 3 now\n");
    assert.match((await get("/flags", curl)).body, /^max_concurrency \| 3 \(R\) \| /m);
    assert.match((await get("/status", curl)).body, /^max_concurrency: 3$/m);
    assert.equal(await set("0"), 'max_concurrency must be a whole number from 1 on, not "0"');
    assert.equal(server.gate.limiter?.limit, 3);
  });
  await withPages({ authenticator, reloadableFlags: true }, async ({ get }) => {
    assert.match((await get("/flags", curl)).body, /^max_concurrency \| 0 \| /m);
  });
});
