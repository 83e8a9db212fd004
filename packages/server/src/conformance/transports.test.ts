import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, type RpcService, ServeError, traceHeaders } from "@paddlewheel/core";
import { baiduStdClient, grpcClient, http2Client, httpClient, type TestClient } from "./test-clients.js";
import { TestServer, textService } from "./test-server.js";

/** The same behaviour over every transport: one body, run for each. */
function overEveryTransport(
  name: string,
  body: (client: TestClient, server: TestServer) => Promise<void>,
): void {
  for (const [transport, createClient] of [
    ["http", httpClient],
    ["http over HTTP/2", http2Client],
    ["grpc", grpcClient],
    ["grpc-js", grpcClient],
    ["baidu_std", baiduStdClient],
  ] as const) {
    test(`${name} (${transport})`, async () => {
      const limits = { maxBodySize: 1000, maxConcurrency: 2 };
      const grpc = transport === "grpc-js" ? transport : "native";
      await using server = await new TestServer([service, limited, busy], limits, { grpc }).start();
      const client = createClient(server.port);
      try {
        await body(client, server);
      } finally {
        client.close();
      }
    });
  }
}

let whenStopped: (reason: ServeError) => void = () => {};
const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const never = (): Promise<string> => new Promise(() => {});
const service = textService({
  echo: (text) => text,
  later: async (text) => text,
  refuse: () => {
    throw new ServeError(Code.invalidArgument, 'tensor "x": no such feed');
  },
  crash: () => {
    throw new Error("the secret is 42");
  },
  hang: (_text, call) => {
    call.onStop((reason) => whenStopped(reason));
    return never();
  },
  ids: (_text, call) => `${call.logId} ${call.requestId}`,
  versions: (text, call) => {
    for (const version of text.split(" ")) call.noteVersion(version);
    if (call.wantedVersion("ocr") === "9") throw new ServeError(Code.notFound, "there is no version 9");
    return `${call.wantedVersion("uci")} ${call.wantedVersion("ocr")}`;
  },
  onward: (_text, call) => Object.values(traceHeaders(call)).join(" "),
});

/** Its method refuses every call, and reads none. */
const busy: RpcService = {
  name: "test.Busy",
  methods: textService({ run: (text) => text }).methods.map((method) => ({
    ...method,
    request: {
      ...method.request,
      decode: () => assert.fail("the message was read"),
      decodeJson: () => assert.fail("the message was read"),
    },
    refusal: () => ServeError.refusal(Code.resourceExhausted, "the model has enough to do"),
  })),
};

/** Both of its methods stay at work; one of them once at most. */
const limited: RpcService = {
  name: "test.Limited",
  methods: textService({ hang: never, refuse: () => Promise.reject(new Error("no")) }).methods.map(
    (method) => (method.name === "hang" ? { ...method, maxConcurrency: 1 } : method),
  ),
};

overEveryTransport("a synchronous and an asynchronous method answer", async (client) => {
  assert.deepEqual(await client.call({ method: "echo", body: "hi" }), { number: 0, text: "hi" });
  assert.deepEqual(await client.call({ method: "later", body: "" }), { number: 0, text: "" });
});

overEveryTransport("a service answers to its short name", async (client) => {
  assert.deepEqual(await client.call({ service: "Echo", method: "echo", body: "hi" }), {
    number: 0,
    text: "hi",
  });
});

overEveryTransport("a ServeError keeps its number and text", async (client) => {
  const expected = { number: Code.invalidArgument, text: 'tensor "x": no such feed' };
  assert.deepEqual(await client.call({ method: "refuse" }), expected);
});

overEveryTransport(
  "an unknown error says nothing but the request id, and the log has the rest",
  async (client, server) => {
    const outcome = await client.call({ method: "crash", headers: { "x-request-id": "req-7" } });
    assert.deepEqual(outcome, { number: Code.internal, text: "internal error (request id req-7)" });
    const line = server.logger.lines.find(({ level }) => level === "error");
    assert.ok(line?.fields.err instanceof ServeError);
    assert.match(String(line.fields.err.cause), /the secret is 42/);
  },
);

overEveryTransport("an unknown method and an unknown service are named by path", async (client) => {
  for (const name of [
    { service: "test.Echo", method: "nope" },
    { service: "test.Nope", method: "echo" },
  ]) {
    const { text } = await client.call(name);
    assert.equal(text, `The server does not implement the method /${name.service}/${name.method}`);
  }
});

overEveryTransport("log id and request id arrive from headers", async (client) => {
  const headers = { "log-id": "18446744073709551615", "x-request-id": "abc" };
  assert.equal((await client.call({ method: "ids", headers })).text, "18446744073709551615 abc");
});

overEveryTransport("a log id that is none counts as none", async (client) => {
  const headers = { "log-id": "18446744073709551616", "x-request-id": "abc" };
  assert.equal((await client.call({ method: "ids", headers })).text, "0 abc");
});

overEveryTransport("a message over the limit is refused and the next one is answered", async (client) => {
  const { text } = await client.call({ method: "echo", body: "x".repeat(2000) });
  assert.match(text, /larger/);
  assert.equal((await client.call({ method: "echo", body: "hi" })).text, "hi");
});

overEveryTransport("a caller that goes away stops its call", async (client) => {
  const stopped = new Promise<ServeError>((resolve) => {
    whenStopped = resolve;
  });
  const controller = new AbortController();
  const started = client.call({ method: "hang", signal: controller.signal }).catch(() => undefined);
  await client.call({ method: "echo" });
  controller.abort();
  assert.equal((await stopped).code, Code.cancelled);
  await started;
});

overEveryTransport("more calls than max_concurrency are refused at once", async (client, server) => {
  const controller = new AbortController();
  const hanging = [1, 2].map(() =>
    client.call({ method: "hang", signal: controller.signal }).catch(() => {}),
  );
  while ((await readGauge(server)) < 2) await client.call({ method: "echo" });
  const { number, text } = await client.call({ method: "echo" });
  assert.equal(number, Code.resourceExhausted);
  assert.equal(text, "3 calls are at work, the limit of max_concurrency is 2");
  assert.match(await server.metrics.text(), /limit_exceeded_total\{limit="max_concurrency"\} \d/);
  controller.abort();
  await Promise.all(hanging);
});

overEveryTransport("more calls than a method takes are refused, others are not", async (client, server) => {
  const controller = new AbortController();
  const { signal } = controller;
  const hanging = client.call({ service: "Limited", method: "hang", signal }).catch(() => {});
  while ((await readGauge(server)) < 1) await client.call({ method: "echo" });
  assert.deepEqual(await client.call({ service: "test.Limited", method: "hang" }), {
    number: Code.resourceExhausted,
    text: "2 calls of test.Limited/hang are at work, the limit of max_concurrency is 1",
  });
  assert.equal((await client.call({ method: "echo", body: "hi" })).text, "hi");
  const metrics = await server.metrics.text();
  const labels = 'service="test.Limited",method="hang"';
  assert.ok(metrics.includes(`limit_exceeded_total{limit="method_max_concurrency",${labels}} 1`));
  assert.ok(metrics.includes(`paddlewheel_concurrency_limit{${labels},limiter="constant"} 1`));
  controller.abort();
  await hanging;
});

overEveryTransport("a call is at work until it has ended, however it ends", async (client, server) => {
  for (const options of [
    { method: "echo" },
    { method: "refuse" },
    { method: "crash" },
    { method: "nope" },
    { method: "echo", body: "x".repeat(2000) },
  ]) {
    await client.call(options);
  }
  assert.ok(server.gate.isIdle);
});

async function readGauge(server: TestServer): Promise<number> {
  return Number(/^paddlewheel_calls_at_work (\d+)/m.exec(await server.metrics.text())?.[1]);
}

overEveryTransport("each call leaves one log line", async (client, server) => {
  await client.call({ method: "refuse", headers: { "x-request-id": "r1", "log-id": "9" } });
  const lines = server.logger.lines.filter(({ message }) => message === "call");
  assert.equal(lines.length, 1);
  const { durationUs, ...fields } = lines[0]?.fields ?? {};
  assert.ok(Number(durationUs) >= 0);
  assert.deepEqual(fields, {
    service: "test.Echo",
    method: "refuse",
    protocol: client.protocol,
    code: Code.invalidArgument,
    logId: "9",
    requestId: "r1",
    error: 'tensor "x": no such feed',
  });
});

interface CallReport {
  readonly requestId: string;
  readonly traceId: string;
  readonly spans: readonly { readonly name: string }[];
}

overEveryTransport(
  "a caller that asks for its trace gets it, of an answer and of an error",
  async (client) => {
    const headers = { "x-paddlewheel-trace": "1", "x-request-id": "r1", traceparent };
    for (const method of ["later", "refuse"]) {
      const { trace } = await client.call({ method, headers });
      const { requestId, traceId, spans } = JSON.parse(trace ?? "") as CallReport;
      assert.deepEqual([requestId, traceId], ["r1", traceparent.split("-")[1]]);
      assert.equal(spans[0]?.name, `test.Echo/${method}`);
    }
    assert.equal((await client.call({ method: "later", headers: { traceparent } })).trace, undefined);
  },
);

overEveryTransport(
  "a call asks for versions of models, and its answer tells which ran",
  async (client, server) => {
    const ask = (modelVersion: string, body: string) =>
      client.call({ method: "versions", body, headers: { "x-model-version": modelVersion } });
    assert.deepEqual(await ask("canary, uci=3", "uci=3 ocr=1 uci=3"), {
      number: 0,
      text: "3 canary",
      versions: "uci=3, ocr=1",
    });
    const missing = { number: Code.notFound, text: "there is no version 9", versions: "ocr=1" };
    assert.deepEqual(await ask("ocr=9", "ocr=1"), missing);
    const { number, text } = await ask("no version", "uci=3");
    assert.equal(number, Code.invalidArgument);
    assert.match(text, /^x-model-version: must be a version or label/);
    assert.equal((await client.call({ method: "echo" })).versions, undefined);
    assert.deepEqual(
      server.logger.lines.map(({ fields }) => fields.modelVersion),
      ["uci=3, ocr=1", "ocr=1", "uci=3", undefined],
    );
  },
);

overEveryTransport("the log line of a call names the trace it belongs to", async (client, server) => {
  await client.call({ method: "echo", headers: { traceparent } });
  await client.call({ method: "echo", headers: { traceparent: "nonsense" } });
  const ids = server.logger.lines.map(({ fields }) => fields.traceId);
  assert.deepEqual(ids, [traceparent.split("-")[1], undefined]);
});

overEveryTransport("a method's call carries the trace on, its state in one piece", async (client) => {
  const headers = { traceparent, tracestate: "a=1,b=2" };
  const { text } = await client.call({ method: "onward", headers });
  assert.equal(text, `${traceparent} a=1,b=2`);
});

overEveryTransport("a call that its method refuses is refused before its message is read", async (client) => {
  const expected = { number: Code.resourceExhausted, text: "the model has enough to do" };
  assert.deepEqual(await client.call({ service: "test.Busy", method: "run", body: "x" }), expected);
});

test("before the server is ready every call is told so", async () => {
  await using server = new TestServer([service]);
  const { port } = await server.listener.listen(0, "127.0.0.1");
  for (const client of [httpClient(port), grpcClient(port), baiduStdClient(port)]) {
    const expected = { number: Code.unavailable, text: "the server is not ready: its models are loading" };
    assert.deepEqual(await client.call({ method: "echo" }), expected);
    client.close();
  }
});

test("a page that fails breaks its own connection and nothing else", async () => {
  await using server = await new TestServer([service]).start();
  server.router.addPage("/broken", () => {
    throw new Error("no such gauge");
  });
  await assert.rejects(fetch(`http://127.0.0.1:${server.port}/broken`));
  const client = httpClient(server.port);
  assert.equal((await client.call({ method: "echo", body: "hi" })).text, "hi");
  assert.ok(server.logger.lines.some(({ message }) => message === "an answer could not be sent"));
});
