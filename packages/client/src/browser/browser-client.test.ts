import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { Code, ServeError, type TensorOf, type TypedArray } from "@paddlewheel/core";
import { createDeferred, ManualClock } from "@paddlewheel/core/testing";
import type { GeneralRequest, GeneralResponse } from "@paddlewheel/wire";
import {
  emptyResponse,
  type FakeHandler,
  type FakeHeaders,
  startFakeHttp,
  startHttp,
} from "../testing/fake-server.js";
import { BrowserClient, type BrowserClientOptions } from "./browser-client.js";

function variable(aliasName: string, dtype: string, shape: readonly number[] = [2]) {
  return { name: `${aliasName}_in`, aliasName, dtype, shape, isLodTensor: false };
}

const model = { feedVars: [variable("x", "float32")], fetchVars: [variable("y", "float32")] };
const feed = { x: Float32Array.of(1, 2) };

interface XToY {
  readonly feeds: { readonly x: TensorOf<"float32"> };
  readonly fetches: { readonly y: TensorOf<"float32"> };
}

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** Answers with the tensors it was sent. */
function echo({ tensors }: GeneralRequest): GeneralResponse {
  return { ...emptyResponse, outputs: [{ engineName: "op_0", tensors }] };
}

async function clientOf(
  handler: FakeHandler,
  options: Partial<BrowserClientOptions> = {},
): Promise<BrowserClient<XToY>> {
  const server = await startFakeHttp(handler);
  open.push(server);
  return new BrowserClient<XToY>(server.endpoint, { model, ...options });
}

describe("BrowserClient", () => {
  test("gives every type of tensor back as it was, to the last digit", async () => {
    const tensors: Readonly<Record<string, readonly [dtype: string, data: TypedArray | readonly string[]]>> =
      {
        int64: ["int64", BigInt64Array.of(9_007_199_254_740_993n, -(2n ** 63n))],
        float32: ["float32", Float32Array.of(0.1, Number.NaN)],
        float64: ["float64", Float64Array.of(0.1, Number.NEGATIVE_INFINITY)],
        int32: ["int32", Int32Array.of(1, -(2 ** 31))],
        float16: ["float16", Uint16Array.of(0x3c00, 0x7e00)],
        bfloat16: ["bfloat16", Uint16Array.of(0x3f80, 1)],
        uint8: ["uint8", Uint8Array.of(0, 255)],
        int8: ["int8", Int8Array.of(-128, 127)],
        bool: ["bool", Uint8Array.of(1, 0)],
        string: ["string", ["größe", ""]],
      };
    const vars = Object.entries(tensors).map(([alias, [dtype]]) => variable(alias, dtype));
    const server = await startFakeHttp(echo);
    open.push(server);
    const client = new BrowserClient(server.endpoint, { model: { feedVars: vars, fetchVars: vars } });
    const given = Object.fromEntries(Object.entries(tensors).map(([alias, [, data]]) => [alias, data]));
    const fetched = await client.predict({ feed: given });
    for (const [alias, [dtype, data]] of Object.entries(tensors)) {
      assert.deepEqual(fetched[alias], { dtype, shape: [1, 2], data }, alias);
    }
  });

  test("takes lists, and batches, as Client does", async () => {
    const client = await clientOf(echo);
    assert.deepEqual((await client.predict({ feed: [[1, 2]] })) as unknown, {
      x: { dtype: "float32", shape: [1, 2], data: Float32Array.of(1, 2) },
    });
    const rows: unknown = await client.predict({
      feed: {
        x: [
          [1, 2],
          [3, 4],
        ],
      },
      batch: true,
    });
    assert.deepEqual(rows, { x: { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } });
    assert.deepEqual([client.feedNames, client.fetchNames], [["x"], ["y"]]);
  });

  test("says in headers and message what a call asks for", async () => {
    let seen: FakeHeaders = {};
    let request: GeneralRequest | undefined;
    const client = await clientOf(
      (received, headers) => {
        request = received;
        seen = headers;
        return echo(received);
      },
      { token: "secret", headers: { "X-Api-Key": "key", "Content-Type": "text/plain" } },
    );
    const [, metadata] = await client.predict({
      feed,
      fetch: "y",
      logId: 7,
      modelVersion: "canary",
      timeoutMs: 1500,
      needMetadata: true,
    });
    assert.deepEqual([request?.fetchVarNames, request?.logId], [["y"], 7n]);
    assert.equal(seen["content-type"], "application/json");
    assert.equal(seen["grpc-timeout"], "1500000u");
    assert.equal(seen["log-id"], "7");
    assert.equal(seen["x-model-version"], "canary");
    assert.equal(seen["x-api-key"], "key");
    assert.equal(seen.authorization, "Bearer secret");
    assert.equal(seen.cookie, undefined);
    assert.deepEqual(metadata, { modelVersion: "canary" });
  });

  test("refuses what the model cannot take before anything is sent", async () => {
    const client = await clientOf(() => assert.fail("nothing may be sent"));
    await assert.rejects(client.predict({ feed: { x: Float32Array.of(1, 2, 3) } }), {
      code: Code.invalidArgument,
      message: 'feed "x": 3 elements do not fill the shape [2]',
    });
    await assert.rejects(client.predict({ feed, modelVersion: "two\nlines" }), {
      code: Code.invalidArgument,
    });
  });

  test("throws the server's error with its code and text", async () => {
    const client = await clientOf(() => {
      throw new ServeError(Code.opFailure, 'tensor "x": too odd');
    });
    await assert.rejects(client.predict({ feed }), { code: Code.opFailure, message: 'tensor "x": too odd' });
  });

  for (const [what, status, type, body, code, message] of [
    [
      "a gateway's JSON",
      401,
      "application/json",
      '{"message":"no key"}',
      Code.unauthenticated,
      '{"message":"no key"}',
    ],
    ["a page", 503, "text/html", "<h1>busy</h1>", Code.unavailable, "<h1>busy</h1>"],
    ["nothing", 502, "text/plain", "", Code.unavailable, "URL answered with HTTP status 502"],
    [
      "a page that says it is well",
      200,
      "text/html",
      "<h1>hi</h1>",
      Code.internal,
      /^URL answered with something else: the text is not JSON/,
    ],
    ["no outputs", 200, "application/json", "{}", Code.internal, "the server answered without any output"],
  ] as const) {
    test(`says what came when the answer is ${what}`, async () => {
      const server = await startHttp((request, response) => {
        request.resume();
        response.writeHead(status, { "content-type": type }).end(body);
      });
      open.push(server);
      const client = new BrowserClient(`${server.endpoint}/`, { model, servicePath: "/uci/inference" });
      const url = `${server.endpoint}/uci/inference`;
      await assert.rejects(client.predict({ feed }), (error) => {
        assert.ok(error instanceof ServeError);
        const text = error.message.replace(url, "URL");
        assert.equal(error.code, code);
        if (typeof message === "string") assert.equal(text, message);
        else assert.match(text, message);
        return true;
      });
    });
  }

  test("gives up when the time is over, and when the caller does", async () => {
    const clock = new ManualClock();
    const arrivals = [createDeferred<void>(), createDeferred<void>()];
    let calls = 0;
    const client = await clientOf(
      () => {
        arrivals[calls++]?.resolve();
        return new Promise<GeneralResponse>(() => {});
      },
      { clock, timeoutMs: 100 },
    );
    const late = client.predict({ feed });
    await arrivals[0]?.promise;
    clock.advance(100);
    await assert.rejects(late, {
      code: Code.deadlineExceeded,
      message: /^http.* did not answer within 100 ms$/,
    });

    const controller = new AbortController();
    const given = client.predict({ feed, signal: controller.signal });
    await arrivals[1]?.promise;
    controller.abort();
    await assert.rejects(given, { code: Code.cancelled, message: "the caller cancelled the call" });
    await assert.rejects(client.predict({ feed, signal: AbortSignal.abort() }), { code: Code.cancelled });
    assert.deepEqual([calls, clock.timerCount], [2, 0]);
  });

  test("refuses an answer that is too large", async () => {
    const server = await startHttp((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "application/json" }).end(" ".repeat(200_000));
    });
    open.push(server);
    const client = new BrowserClient(server.endpoint, { model, maxAnswerBytes: 100_000 });
    await assert.rejects(client.predict({ feed }), (error) => {
      assert.ok(error instanceof ServeError && error.code === Code.messageTooLarge);
      const text = /\/inference: Received message larger than max \((\d+) vs 100000\)$/.exec(error.message);
      return Number(text?.[1]) > 100_000;
    });
  });

  test("puts the pieces of a large answer together", async () => {
    const vars = [variable("x", "float32", [-1])];
    const server = await startFakeHttp(echo);
    open.push(server);
    const client = new BrowserClient(server.endpoint, { model: { feedVars: vars, fetchVars: vars } });
    const data = Float32Array.from({ length: 50_000 }, (_, i) => i / 7);
    assert.deepEqual((await client.predict({ feed: { x: data } })).x?.data, data);
  });

  test("says which server it cannot reach", async () => {
    const server = await startFakeHttp(echo);
    server.close();
    await assert.rejects(new BrowserClient(server.endpoint, { model }).predict({ feed }), {
      code: Code.unavailable,
      message: `cannot call ${server.endpoint}/GeneralModelService/inference: fetch failed; is it up, and may pages of this origin call it?`,
    });
  });

  test("calls its own origin without a URL", async () => {
    const urls: string[] = [];
    const fetched: typeof fetch = async (input) => {
      urls.push(String(input));
      return new Response("{}", { status: 503 });
    };
    await assert.rejects(new BrowserClient("", { model, fetch: fetched }).predict({ feed }));
    assert.deepEqual(urls, ["/GeneralModelService/inference"]);
  });

  for (const url of ["host:1", "ftp://host", "http://", "http://host/?key=1", "http://host/#x"]) {
    test(`refuses ${url}`, () => {
      assert.throws(() => new BrowserClient(url, { model }), {
        code: Code.invalidArgument,
        message: `url "${url}": must be http:// or https:// with host:port, or empty for the page's own origin`,
      });
    });
  }
});
