import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { Code, defineMethod, type RpcService } from "@paddlewheel/core";
import { type GeneralRequest, generalRequestCodec, generalResponseCodec } from "@paddlewheel/wire";
import { exchanges, type HttpExchange, type HttpOutcome } from "./http-exchange.js";
import { TestServer, textService } from "./test-server.js";

const general: RpcService = {
  name: "test.General",
  methods: [
    defineMethod({
      name: "inference",
      request: generalRequestCodec,
      response: generalResponseCodec,
      handle: ({ tensors, logId }: GeneralRequest) => ({
        outputs: [{ tensors, engineName: "e" }],
        profileTime: [],
        profileServer: false,
        logId,
        errNo: 0,
        errMsg: "",
      }),
    }),
  ],
};
const echo = textService({
  echo: (text) => text,
  left: (_text, call) => String(Math.round(call.deadline - call.startedAt)),
});
const mapped: RpcService = {
  ...textService({ echo: (text) => `mapped ${text}`, other: (text) => `other ${text}` }),
  name: "test.Mapped",
  restful: {
    mappings: [
      { path: "/v1/echo/*", method: "echo" },
      { path: "/v1/*/other", method: "other" },
      { path: "/v1/echo", method: "other" },
    ],
    allowDefaultUrl: false,
  },
};
const open: RpcService = {
  ...textService({ echo: (text) => `open ${text}` }),
  name: "test.Open",
  restful: { mappings: [{ path: "/v2", method: "echo" }], allowDefaultUrl: true },
};

type Send = (exchange: HttpExchange) => Promise<HttpOutcome>;

/** The same behaviour over every version of HTTP: one body, run for each. */
function overHttp(name: string, body: (send: Send, server: TestServer) => Promise<void>): void {
  for (const [version, exchange] of Object.entries(exchanges)) {
    test(`${name} (${version})`, async () => {
      const limits = { maxBodySize: 3_000_000 };
      await using server = await new TestServer([general, echo, mapped, open], limits).start();
      await body((one) => exchange(server.port, one), server);
    });
  }
}

const path = "/test.General/inference";
const jsonTensor = '{"int64_data":[5],"shape":[1],"name":"x"}';
const bodies: [contentType: string, request: string | Uint8Array, answer: string][] = [
  [
    "application/json",
    `{"tensor":[${jsonTensor}],"log_id":7}`,
    `{"outputs":[{"tensor":[${jsonTensor}],"engine_name":"e"}],"log_id":7}`,
  ],
  [
    "application/proto-json",
    '{"tensor":[{"int64Data":[5],"shape":["1"],"name":"x"}],"log_id":"7"}',
    '{"outputs":[{"tensor":[{"int64Data":["5"],"shape":[1],"name":"x"}],"engineName":"e"}],"logId":"7"}',
  ],
  [
    "application/proto-text",
    'tensor { int64_data: [5] shape: 1 name: "x" } log_id: 7',
    'outputs {\n  tensor {\n    int64_data: 5\n    shape: 1\n    name: "x"\n  }\n  engine_name: "e"\n}\nlog_id: 7\n',
  ],
];

for (const [type, request, expected] of bodies) {
  overHttp(`a body of ${type} is answered in kind`, async (send) => {
    const { status, headers, body } = await send({ path, headers: { "content-type": type }, body: request });
    assert.deepEqual([status, headers["content-type"], String(body)], [200, type, expected]);
  });
}

overHttp("protobuf bytes are answered by the type that asked", async (send) => {
  const tensor = {
    name: "x",
    aliasName: "",
    dtype: "int64",
    shape: [1],
    data: BigInt64Array.of(5n),
  } as const;
  const body = generalRequestCodec.encode({
    tensors: [tensor],
    fetchVarNames: [],
    profileServer: false,
    logId: 7n,
  });
  for (const type of ["application/proto", "application/x-protobuf"]) {
    const answer = await send({ path, headers: { "content-type": type }, body });
    assert.equal(answer.headers["content-type"], type);
    assert.equal(generalResponseCodec.decode(answer.body).outputs[0]?.tensors[0]?.name, "x");
  }
});

const refusals: [contentType: string, body: string, message: string][] = [
  ["application/proto-json", '{"logId":"x"}', 'log_id: "x" is not a whole number'],
  [
    "application/proto-text",
    "log_id: 1\nlogid: 2",
    'line 2: logid: message Request has no such field; did you mean "log_id"?',
  ],
  ["application/proto-text", "{", 'line 1: Request: "{" stands where the name of a field must'],
];
for (const [type, body, message] of refusals) {
  overHttp(`a wrong body of ${type} is told what is wrong: ${message}`, async (send) => {
    const answer = await send({ path, headers: { "content-type": type }, body });
    const { status, headers } = answer;
    const shown = [status, headers["x-bd-error-code"], headers["content-type"], String(answer.body)];
    assert.deepEqual(shown, [400, String(Code.malformedRequest), "text/plain; charset=utf-8", message]);
  });
}

overHttp("a message that is none of protobuf's is refused in protobuf's formats", async (send) => {
  for (const type of ["application/proto-json", "application/proto-text"]) {
    const { status, body } = await send({ path: "/test.Echo/echo", headers: { "content-type": type } });
    const message = "body: message test.Text is none of protobuf's, send application/json instead";
    assert.deepEqual([status, String(body)], [400, message]);
  }
});

overHttp("any method calls, HEAD without an answer's body", async (send) => {
  for (const method of ["GET", "PUT", "POST", "DELETE"]) {
    const { status, body } = await send({ method, path: "/test.Echo/echo", body: "hi" });
    assert.deepEqual([method, status, String(body)], [method, 200, "hi"]);
  }
  const { status, body } = await send({ method: "HEAD", path: "/test.Echo/echo" });
  assert.deepEqual([status, String(body)], [200, ""]);
});

overHttp("what follows the method in the path counts for nothing", async (send) => {
  for (const rest of ["/", "/more/of/it", "/x?y=z", "?y=z"]) {
    const { body } = await send({ path: `/test.Echo/echo${rest}`, body: "hi" });
    assert.equal(String(body), "hi");
  }
});

overHttp("a service alone is told its methods", async (send) => {
  for (const alone of ["/test.Echo", "/Echo/"]) {
    const { status, headers, body } = await send({ path: alone });
    assert.deepEqual([status, headers["x-bd-error-code"]], [404, String(Code.methodNotFound)]);
    const name = alone.replaceAll("/", "");
    assert.equal(String(body), `${alone} names no method; ${name} has "echo", "left"`);
  }
});

overHttp("an empty body is an empty message", async (send) => {
  for (const [type, expected] of [
    ["application/json", '{"outputs":[{"engine_name":"e"}]}'],
    ["application/proto-json", '{"outputs":[{"engineName":"e"}]}'],
    ["application/proto-text", 'outputs {\n  engine_name: "e"\n}\n'],
  ] as const) {
    const { body } = await send({ path, headers: { "content-type": type } });
    assert.equal(String(body), expected);
  }
});

overHttp("a mapped path reaches its method, and the longest match wins", async (send) => {
  const cases = [
    ["/v1/echo/a/b", "mapped hi"],
    ["//v1//echo//a/?q=1", "mapped hi"],
    ["/v1/echo", "other hi"],
    ["/v1/a/b/other", "other hi"],
    ["/v1/echo/other", "mapped hi"],
    ["/v2", "open hi"],
    ["/Open/echo", "open hi"],
  ] as const;
  for (const [mappedPath, expected] of cases) {
    const { status, body } = await send({ path: mappedPath, body: "hi" });
    assert.deepEqual([mappedPath, status, String(body)], [mappedPath, 200, expected]);
  }
});

overHttp("a mapped service has no default URL unless it says so", async (send) => {
  const { status, body } = await send({ path: "/Mapped/echo", body: "hi" });
  const paths = '"/v1/echo/*", "/v1/*/other", "/v1/echo"';
  const message = `The server does not implement the method /Mapped/echo; Mapped answers to ${paths}`;
  assert.deepEqual([status, String(body)], [404, message]);
});

overHttp("the ids of a call come back, of an error too", async (send) => {
  const headers = { "x-request-id": "r-1", "log-id": "18446744073709551615" };
  for (const method of ["echo", "nope"]) {
    const answer = await send({ path: `/test.Echo/${method}`, headers });
    const back = [answer.headers["x-request-id"], answer.headers["log-id"]];
    assert.deepEqual(back, ["r-1", "18446744073709551615"]);
  }
  const own = await send({ path: "/test.Echo/echo" });
  assert.match(String(own.headers["x-request-id"]), /./);
  assert.equal(own.headers["log-id"], undefined);
});

overHttp("a call ends when the time is over that its header gives", async (send) => {
  const answer = await send({ path: "/test.Echo/left", headers: { "grpc-timeout": "1500m" } });
  assert.equal(String(answer.body), "1500");
  const wrong = await send({ path: "/test.Echo/left", headers: { "grpc-timeout": "1.5S" } });
  const message = 'grpc-timeout: "1.5S" is not 1 to 8 digits and one of H, M, S, m, u, n';
  assert.deepEqual([wrong.status, String(wrong.body)], [400, message]);
});

overHttp("gzip goes both ways where it is wanted, from 512 bytes on", async (send) => {
  const long = "x".repeat(512);
  const ask = (accept: string, text: string): Promise<HttpOutcome> =>
    send({
      path: "/test.Echo/echo",
      headers: { "content-encoding": "gzip", "accept-encoding": accept },
      body: gzipSync(text),
    });
  const packed = await ask("gzip;q=0.5", long);
  assert.equal(packed.headers["content-encoding"], "gzip");
  assert.equal(String(gunzipSync(packed.body)), long);
  for (const [accept, text] of [
    ["gzip", long.slice(1)],
    ["gzip;q=0", long],
    ["identity", long],
  ] as const) {
    const plain = await ask(accept, text);
    assert.deepEqual([plain.headers["content-encoding"], String(plain.body)], [undefined, text]);
  }
});

const gzipBodies: [what: string, body: Uint8Array, status: number, answer: string][] = [
  ["of two members", Buffer.concat([gzipSync("a"), gzipSync("b")]), 200, "ab"],
  ["of no bytes", new Uint8Array(), 200, ""],
  ["of an empty member", gzipSync(""), 200, ""],
  [
    "cut short",
    gzipSync("x".repeat(100)).subarray(0, 20),
    400,
    "body: content-encoding is gzip, the bytes are not",
  ],
  ["that is none", Buffer.from("text"), 400, "body: content-encoding is gzip, the bytes are not"],
  [
    "that grows too much",
    gzipSync(Buffer.alloc(2_000_000)),
    413,
    `a message of ${gzipSync(Buffer.alloc(2_000_000)).length} bytes unpacks to more than 1048576; send it uncompressed`,
  ],
];
for (const [what, body, status, expected] of gzipBodies) {
  overHttp(`a gzip body ${what} is answered ${status}`, async (send) => {
    const answer = await send({ path: "/test.Echo/echo", headers: { "content-encoding": "gzip" }, body });
    assert.deepEqual([answer.status, String(answer.body)], [status, expected]);
  });
}
