import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import type { GeneralRequest, GeneralResponse } from "@paddlewheel/wire";
import type { AttemptEvent, CallObserver } from "./call/call-observer.js";
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
import { CompressType } from "./transport/host-transport.js";

const conf = `feed_var { name: "x_in" alias_name: "x" feed_type: 1 shape: 2 }
fetch_var { name: "fc_0" alias_name: "price" fetch_type: 1 shape: 1 }
`;

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "paddlewheel-client-"));
  await writeFile(join(folder, "serving_client_conf.prototxt"), conf);
});
after(() => rm(folder, { recursive: true }));

/** What a test has opened. */
const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function opened<T extends { close(): void }>(promise: Promise<T>): Promise<T> {
  const one = await promise;
  open.push(one);
  return one;
}

/** As errors and metadata name a server. */
function addressOf({ endpoint }: FakeServer): string {
  return endpoint.replace("http://", "");
}

function connected(servers: readonly FakeServer[], options?: ClientOptions): Client {
  const client = new Client(options);
  open.push(client);
  client.loadClientConfig(folder);
  client.connect(servers.map(({ endpoint }) => endpoint));
  return client;
}

/** The sum of the values, under the name of the price. */
function sumOf({ tensors }: GeneralRequest): GeneralResponse {
  const values = Array.from((tensors[0]?.data ?? []) as Float32Array);
  const data = Float32Array.of(values.reduce((a, b) => a + b, 0));
  const price = { dtype: "float32", shape: [1, 1], data, name: "fc_0", aliasName: "price" } as const;
  return { ...emptyResponse, outputs: [{ engineName: "GeneralInferOp_0", tensors: [price] }] };
}

const feed = { x: Float32Array.of(1, 2) };

/** For AbortSignal.timeout keeps no process alive by itself. */
const forever = (): Promise<GeneralResponse> => new Promise(() => {});

const transports: readonly {
  readonly name: string;
  readonly options: ClientOptions;
  readonly start: (handler: FakeHandler) => Promise<FakeServer>;
}[] = [
  { name: "grpc", options: {}, start: startFakeGrpc },
  { name: "grpc with gzip", options: { compressType: CompressType.gzip }, start: startFakeGrpc },
  { name: "http with bytes", options: {}, start: startFakeHttp },
  { name: "http with JSON", options: { http: { format: "json" } }, start: startFakeHttp },
  {
    name: "http with gzip",
    options: { http: { compressRequest: true, compressResponse: true } },
    start: startFakeHttp,
  },
];

for (const { name, options, start } of transports) {
  describe(`a client over ${name}`, () => {
    test("gets what the server computes", async () => {
      const server = await opened(start(sumOf));
      const { price } = await connected([server], options).predict({ feed });
      assert.deepEqual(price?.shape, [1, 1]);
      assert.deepEqual(price?.data, Float32Array.of(3));
    });

    test("sends the fetch names and the log id, in the message and beside it", async () => {
      const seen: unknown[] = [];
      const handler: FakeHandler = (request, headers) => {
        seen.push(request.fetchVarNames, request.logId, headers["log-id"]);
        return sumOf(request);
      };
      const server = await opened(start(handler));
      await connected([server], options).predict({ feed, fetch: "price", logId: 10_000n });
      assert.deepEqual(seen, [["price"], 10_000n, "10000"]);
    });

    test("throws the server's error with its code and text", async () => {
      const server = await opened(
        start(() => {
          throw new ServeError(Code.opFailure, 'tensor "x": too odd');
        }),
      );
      await assert.rejects(connected([server], options).predict({ feed }), {
        name: "ServeError",
        code: Code.opFailure,
        message: 'tensor "x": too odd',
      });
    });

    test("gives up when the time is over", async () => {
      const server = await opened(start(forever));
      await assert.rejects(connected([server], { ...options, timeoutMs: 50 }).predict({ feed }), {
        code: Code.deadlineExceeded,
        message: `${addressOf(server)} did not answer within 50 ms`,
      });
    });

    test("gives up when its signal is aborted", async () => {
      const arrived = new AbortController();
      const server = await opened(
        start(() => {
          arrived.abort();
          return forever();
        }),
      );
      const controller = new AbortController();
      const prediction = connected([server], options).predict({ feed, signal: controller.signal });
      await once(arrived.signal, "abort");
      controller.abort();
      await assert.rejects(prediction, { code: Code.cancelled, message: "the caller cancelled the call" });
    });

    test("does not start a call whose signal is aborted", async () => {
      let calls = 0;
      const server = await opened(
        start((request) => {
          calls++;
          return sumOf(request);
        }),
      );
      const prediction = connected([server], options).predict({ feed, signal: AbortSignal.abort() });
      await assert.rejects(prediction, { code: Code.cancelled });
      assert.equal(calls, 0);
    });

    test("tells a signal whose time was up from one that was cancelled", async () => {
      const server = await opened(start(forever));
      const prediction = connected([server], options).predict({ feed, signal: AbortSignal.timeout(50) });
      await assert.rejects(prediction, {
        code: Code.deadlineExceeded,
        message: "the time of the call's signal is up",
      });
    });

    test("says which server it cannot reach", async () => {
      const server = await start(sumOf);
      server.close();
      await assert.rejects(
        connected([server], options).predict({ feed }),
        (error) =>
          error instanceof ServeError &&
          error.code === Code.unavailable &&
          error.message.includes(addressOf(server)) &&
          error.message.includes("ECONNREFUSED"),
      );
    });

    test("names variant, host and attempts in the error of a call", async () => {
      const server = await opened(
        start(() => {
          throw new ServeError(Code.opFailure, "too odd");
        }),
      );
      await assert.rejects(connected([server], options).predict({ feed }), (error) => {
        assert.ok(error instanceof ServeError);
        const host = addressOf(server);
        const attempts = `${host} opFailure: too odd`;
        assert.deepEqual(error.details, { variant: "default_tag_1", host, attempts });
        return true;
      });
    });

    test("fails no call because of a server that is down, and tells its observer of it", async () => {
      const dead = await start(sumOf);
      dead.close();
      const server = await opened(start(sumOf));
      const attempts: AttemptEvent[] = [];
      const observer: CallObserver = {
        onAttempt: (event) => attempts.push(event),
        onCall: () => {},
        onBudgetSpent: () => {},
      };
      const client = connected([dead, server], { ...options, observer });
      for (let i = 0; i < 6; i++) assert.ok((await client.predict({ feed })).price);
      const failed = attempts.filter(({ error }) => error).map(({ host }) => host);
      // The first refusal takes it out of the cluster.
      assert.deepEqual(failed, [addressOf(dead)]);
    });

    test("hedges a call whose server takes its time", async () => {
      let isSlowAsked = false;
      const slow = await opened(
        start(() => {
          isSlowAsked = true;
          return forever();
        }),
      );
      const server = await opened(start(sumOf));
      const client = connected([slow, server], {
        ...options,
        timeoutMs: 20_000,
        hedge: { after: 1, budgetShare: 1 },
      });
      while (!isSlowAsked) {
        const [{ price }, { host }] = await client.predict({ feed, needMetadata: true });
        assert.deepEqual(price?.data, Float32Array.of(3));
        assert.equal(host, addressOf(server));
      }
    });

    test("asks for the version of a call, and tells which answered", async () => {
      const server = await opened(start(sumOf));
      const client = connected([server], options);
      const modelVersion = "canary, uci=3";
      const [{ price }, metadata] = await client.predict({ feed, modelVersion, needMetadata: true });
      assert.ok(price);
      assert.deepEqual(metadata, { variantTag: "default_tag_1", host: addressOf(server), modelVersion });
      const [, { modelVersion: unasked }] = await client.predict({ feed, needMetadata: true });
      assert.equal(unasked, undefined);
    });

    test("lets several servers take turns", async () => {
      const answers: string[] = [];
      const handlerOf =
        (server: string): FakeHandler =>
        (request) => {
          answers.push(server);
          return sumOf(request);
        };
      const servers = [await opened(start(handlerOf("a"))), await opened(start(handlerOf("b")))];
      const client = connected(servers, options);
      for (let i = 0; i < 4; i++) await client.predict({ feed });
      assert.ok(["abab", "baba"].includes(answers.join("")), answers.join(""));
    });

    test("can be closed twice, and connected again", async () => {
      const server = await opened(start(sumOf));
      const client = connected([server], options);
      await client.predict({ feed });
      client.close();
      client.close();
      await assert.rejects(client.predict({ feed }), { message: "no endpoint: call connect first" });
      client.connect([server.endpoint]);
      assert.ok((await client.predict({ feed })).price);
    });
  });
}

describe("a client", () => {
  test("knows the names of its model", () => {
    const client = connected([]);
    assert.deepEqual(client.feedNames, ["x"]);
    assert.deepEqual(client.fetchNames, ["price"]);
  });

  test("takes feeds from the first conf and fetches from the last", async () => {
    const second = join(folder, "second.prototxt");
    await writeFile(
      second,
      `feed_var { name: "y" feed_type: 1 shape: 1 } fetch_var { name: "label" fetch_type: 0 shape: 1 }`,
    );
    const client = new Client();
    client.loadClientConfig([folder, second]);
    assert.deepEqual(client.feedNames, ["x"]);
    assert.deepEqual(client.fetchNames, ["label"]);
  });

  test("asks for its conf before the first call", async () => {
    await assert.rejects(new Client().predict({ feed }), {
      message: "no model conf: call loadClientConfig first",
    });
  });

  test("names the conf file that is not there", () => {
    assert.throws(
      () => new Client().loadClientConfig(join(folder, "nowhere")),
      (error) => error instanceof ServeError && /nowhere.*there is no such file/.test(error.message),
    );
  });

  test("answers with a server's own words when a gateway refuses the call", async () => {
    const gateway = await opened(
      startHttp((request, response) => {
        request.resume();
        response.writeHead(401, { "Content-Type": "application/json" });
        response.end('{"message":"No API key found in request"}');
      }),
    );
    await assert.rejects(connected([gateway]).predict({ feed }), {
      code: Code.unauthenticated,
      message: '{"message":"No API key found in request"}',
    });
  });

  test("names the status of an answer without a body", async () => {
    const gateway = await opened(startHttp((_, response) => void response.writeHead(502).end()));
    await assert.rejects(connected([gateway]).predict({ feed }), {
      code: Code.unavailable,
      message: `${addressOf(gateway)} answered with HTTP status 502`,
    });
  });

  test("sends the headers it is told to", async () => {
    let apiKey: unknown;
    const server = await opened(
      startFakeHttp((request, headers) => {
        apiKey = headers.apikey;
        return sumOf(request);
      }),
    );
    await connected([server], { http: { headers: { apikey: "secret" } } }).predict({ feed });
    assert.equal(apiKey, "secret");
  });

  test("does not hang on a server that speaks something else", async () => {
    const server = createServer((socket) => {
      // The client may end the connection while bytes are on their way.
      socket.on("error", () => {});
      socket.end("220 smtp.example ESMTP\r\n");
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    open.push({ close: () => void server.close() });
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    for (const endpoint of [`http://127.0.0.1:${port}`, `127.0.0.1:${port}`]) {
      const client = connected([{ endpoint, close: () => {} }], { timeoutMs: 2000 });
      await assert.rejects(client.predict({ feed }), { name: "ServeError" });
    }
  });
});
