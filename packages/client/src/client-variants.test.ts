import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { type GeneralResponse, generalResponseCodec } from "@paddlewheel/wire";
import { Client } from "./client.js";
import type { ClientOptions } from "./client-options.js";
import {
  emptyResponse,
  type FakeHandler,
  type FakeServer,
  startFakeGrpc,
  startFakeHttp,
  startHttp,
} from "./testing/fake-server.js";

const conf = `feed_var { name: "x" feed_type: 1 shape: 1 } fetch_var { name: "y" fetch_type: 1 shape: 1 }`;

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "paddlewheel-variants-"));
  await writeFile(join(folder, "serving_client_conf.prototxt"), conf);
});
after(() => rm(folder, { recursive: true }));

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

const feed = { x: Float32Array.of(1) };

function answerOf(value: number): GeneralResponse {
  const y = {
    dtype: "float32",
    shape: [1],
    data: Float32Array.of(value),
    name: "y",
    aliasName: "y",
  } as const;
  return { ...emptyResponse, outputs: [{ engineName: "op_0", tensors: [y] }] };
}

type Start = (handler: FakeHandler) => Promise<FakeServer>;

async function serving(value: number, start: Start = startFakeGrpc): Promise<string> {
  const server = await start(() => answerOf(value));
  open.push(server);
  return server.endpoint;
}

async function gone(): Promise<string> {
  const server = await startFakeGrpc(() => answerOf(0));
  server.close();
  return server.endpoint;
}

function clientOf(options?: ClientOptions): Client {
  const client = new Client(options);
  open.push(client);
  client.loadClientConfig(folder);
  return client;
}

async function answered(client: Client): Promise<number> {
  const { y } = await client.predict({ feed });
  return Number(y?.data[0]);
}

describe("a client's variants", () => {
  test("get the calls that their weights give them, whatever their protocols", async () => {
    const client = clientOf();
    client.addVariant("none", [await serving(1)], 0);
    client.addVariant("all", [await serving(2, startFakeHttp)], 100);
    client.connect();
    for (let i = 0; i < 20; i++) assert.equal(await answered(client), 2);
  });

  test("are told by their tags to who asks for it", async () => {
    const client = clientOf();
    client.addVariant("one", [await serving(1)], 1);
    client.addVariant("two", [await serving(2)], 1);
    client.connect();
    const seen = new Set<string>();
    // Both come up but once in 2^60 times.
    for (let i = 0; i < 60; i++) {
      const [{ y }, tag] = await client.predict({ feed, needVariantTag: true });
      seen.add(`${tag} ${Number(y?.data[0])}`);
    }
    assert.deepEqual(seen, new Set(["one 1", "two 2"]));
  });

  test("have one tag where there are only endpoints", async () => {
    const client = clientOf();
    client.connect([await serving(1)]);
    const [, tag] = await client.predict({ feed, needVariantTag: true });
    assert.equal(tag, "default_tag_1");
  });

  test("are named by the error of a call", async () => {
    const client = clientOf({ retry: { maxRetries: 0 } });
    client.addVariant("down", [await gone()], 1);
    client.connect();
    await assert.rejects(
      client.predict({ feed }),
      (error) => error instanceof ServeError && error.details.variant === "down",
    );
  });

  test("stay for the next connect after a close", async () => {
    const client = clientOf();
    client.addVariant("one", [await serving(1)], 1);
    client.connect();
    client.close();
    await assert.rejects(client.predict({ feed }), { message: "no endpoint: call connect first" });
    client.connect();
    assert.equal(await answered(client), 1);
  });

  for (const [what, act, message] of [
    [
      "a tag that is there already",
      (client) => client.addVariant("a", ["h:1"], 1),
      'variant "a" was added already',
    ],
    [
      "a weight that is none",
      (client) => client.addVariant("b", ["h:1"], -1),
      'variant "b": weight -1 is not a whole number from 0 on',
    ],
    [
      "endpoints beside them",
      (client) => client.connect(["h:1"]),
      "connect: leave out the endpoints, the variants that were added have theirs",
    ],
    ["weights of 0 only", (client) => client.connect(), "connect: the weights of all variants are 0"],
  ] as const satisfies readonly (readonly [string, (client: Client) => void, string])[]) {
    test(`refuse ${what}`, () => {
      const client = clientOf();
      client.addVariant("a", ["h:1"], 0);
      assert.throws(() => act(client), { code: Code.invalidArgument, message });
    });
  }

  test("must be there where there are no endpoints", () => {
    const message = "connect: no endpoint, and no variant was added";
    assert.throws(() => clientOf().connect(), { code: Code.invalidArgument, message });
  });
});

describe("a client's endpoints", () => {
  test("may be a list, a file, or gRPC by name", async () => {
    const endpoint = await serving(3);
    const file = join(folder, "servers");
    await writeFile(file, `${endpoint}\n`);
    for (const form of [endpoint, `grpc://${endpoint}`, `list://${endpoint}`, `file://${file}`]) {
      const client = clientOf();
      client.connect([form]);
      assert.equal(await answered(client), 3, form);
      client.close();
    }
  });

  test("stand in for each other when one is down", async () => {
    const client = clientOf();
    client.connect([await gone(), await serving(4), `grpc://${await gone()}`]);
    for (let i = 0; i < 6; i++) assert.equal(await answered(client), 4);
  });

  test("may be called by HTTP where they do not say how", async () => {
    const server = (await serving(5, startFakeHttp)).replace("http://", "");
    for (const form of [server, `list://${await gone()},${server}`]) {
      const client = clientOf({ protocol: "http" });
      client.connect([form]);
      for (let i = 0; i < 3; i++) assert.equal(await answered(client), 5, form);
    }
  });

  test("that say http:// are plain beside others that are not", async () => {
    const client = clientOf({ tls: { insecure: true } });
    client.connect([await serving(6, startFakeHttp)]);
    assert.equal(await answered(client), 6);
  });

  test("over HTTP are called at the path and by the service they were given", async () => {
    const paths: (string | undefined)[] = [];
    const server = await startHttp((request, response) => {
      paths.push(request.url);
      response.writeHead(200).end(generalResponseCodec.encode(answerOf(7)));
    });
    open.push(server);
    for (const options of [{}, { service: "shop.Prices" }, { http: { servicePath: "/uci/prediction" } }]) {
      const client = clientOf(options);
      client.connect([server.endpoint]);
      assert.equal(await answered(client), 7);
    }
    assert.deepEqual(paths, ["/GeneralModelService/inference", "/shop.Prices/inference", "/uci/prediction"]);
  });

  test("must be some", () => {
    for (const [endpoint, message] of [
      ["grpc://nowhere", 'endpoint "grpc://nowhere": behind grpc:// must be host:port'],
      ["nowhere", /"nowhere".* host:port/],
      ["http://one/v1", 'endpoint "http://one/v1": behind http:// must be host or host:port'],
      ["gprc://one:1", /"gprc:\/\/" is no naming service/],
    ] as const) {
      assert.throws(() => clientOf().connect([endpoint]), { message });
    }
  });
});

describe("setRpcTimeoutMs", () => {
  test("holds for the calls after it that have no time of their own", async () => {
    const server = await startFakeGrpc(() => new Promise(() => {}));
    open.push(server);
    const client = clientOf({ timeoutMs: 60_000 });
    client.connect([server.endpoint]);
    client.setRpcTimeoutMs(50);
    await assert.rejects(client.predict({ feed }), {
      code: Code.deadlineExceeded,
      message: `${server.endpoint} did not answer within 50 ms`,
    });
  });
});
