import assert from "node:assert/strict";
import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  type IncomingHttpHeaders,
} from "node:http2";
import { buffer } from "node:stream/consumers";
import { describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { Code, ServeError } from "@paddlewheel/core";
import { decodeStatusDetails, frameMessage } from "@paddlewheel/wire";
import { TestServer, textService } from "../conformance/test-server.js";

const held: (() => void)[] = [];
const service = textService({
  echo: (text) => text,
  repeat: (text) => text.repeat(1000),
  fail: () => {
    throw new ServeError(Code.opFailure, "größe", { details: { node: "n" } });
  },
  hold: (text) => new Promise((resolve) => held.push(() => resolve(text))),
});

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly resetCode: number | undefined;
}

const framed = (text: string | Buffer, isCompressed = false): Buffer =>
  Buffer.concat(frameMessage(Buffer.from(text), isCompressed));

async function withSession(
  body: (session: ClientHttp2Session, server: TestServer) => Promise<void>,
  limits: ConstructorParameters<typeof TestServer>[1] = {},
): Promise<void> {
  await using server = await new TestServer([service], limits).start();
  const session = connectHttp2(`http://127.0.0.1:${server.port}`);
  session.on("error", () => {});
  try {
    await body(session, server);
  } finally {
    session.destroy();
  }
}

function open(session: ClientHttp2Session, method: string, headers: object = {}): ClientHttp2Stream {
  const usual = { "content-type": "application/grpc", te: "trailers" };
  const head = { ":method": "POST", ":path": `/test.Echo/${method}`, ...usual, ...headers };
  return session.request(head).on("error", () => {});
}

async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  let trailers: IncomingHttpHeaders = {};
  stream.on("trailers", (received: IncomingHttpHeaders) => {
    trailers = received;
  });
  const closed = once(stream, "close");
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
  const body = await buffer(stream);
  await closed;
  return { headers, trailers, body, resetCode: stream.rstCode };
}

describe("GrpcTransport", () => {
  test("answers with headers, message and trailers", () =>
    withSession(async (session) => {
      const { headers, trailers, body } = await answerOf(open(session, "echo").end(framed("hi")));
      const { ":status": httpStatus, "content-type": type, "grpc-accept-encoding": encodings } = headers;
      assert.deepEqual([httpStatus, type, encodings], [200, "application/grpc", "identity,deflate,gzip"]);
      assert.deepEqual(body, framed("hi"));
      assert.equal(trailers["grpc-status"], "0");
    }));

  test("tells an error in one header block, with its number and details", () =>
    withSession(async (session) => {
      const headers = { "x-request-id": "r" };
      const { headers: answer, body } = await answerOf(open(session, "fail", headers).end(framed("")));
      assert.equal(body.length, 0);
      assert.equal(answer["grpc-status"], "13");
      assert.equal(answer["grpc-message"], "gr%C3%B6%C3%9Fe (request id r)");
      assert.equal(answer["x-bd-error-code"], String(Code.opFailure));
      assert.deepEqual(decodeStatusDetails(String(answer["grpc-status-details-bin"])), {
        code: Code.opFailure,
        details: { node: "n" },
      });
    }));

  for (const [path, code] of [
    ["/test.Echo/nope", Code.methodNotFound],
    ["/Echo/nope", Code.methodNotFound],
    ["/test.Nope/echo", Code.serviceNotFound],
    ["*", Code.serviceNotFound],
  ] as const) {
    test(`has no method ${path}, before a body comes, and says so in the log`, () =>
      withSession(async (session, server) => {
        const { headers, resetCode } = await answerOf(open(session, "", { ":path": path }));
        assert.deepEqual([headers["grpc-status"], headers["x-bd-error-code"]], ["12", String(code)]);
        assert.equal(resetCode, 0);
        const line = server.logger.lines.find(({ message }) => message === "call");
        assert.deepEqual([line?.fields.service, line?.fields.method], ["unknown", "unknown"]);
      }));
  }

  test("refuses a call beyond max_concurrency on its headers", () =>
    withSession(
      async (session) => {
        const first = open(session, "hold");
        first.end(framed("first"));
        while (held.length === 0) await new Promise(setImmediate);
        const { headers, resetCode } = await answerOf(open(session, "echo"));
        assert.deepEqual([headers["grpc-status"], resetCode], ["8", 0]);
        held.pop()?.();
        assert.deepEqual((await answerOf(first)).body, framed("first"));
      },
      { maxConcurrency: 1 },
    ));

  test("refuses a message over the limit by its prefix", () =>
    withSession(
      async (session) => {
        const stream = open(session, "echo");
        stream.write(framed("x".repeat(1001)).subarray(0, 5));
        const { headers } = await answerOf(stream);
        assert.deepEqual(
          [headers["grpc-status"], headers["x-bd-error-code"], headers["grpc-message"]],
          ["8", String(Code.messageTooLarge), "Received message larger than max (1001 vs 1000)"],
        );
      },
      { maxBodySize: 1000 },
    ));

  test("packs the answer for a caller that packed its request, if that helps", () =>
    withSession(async (session) => {
      const headers = { "grpc-encoding": "gzip", "grpc-accept-encoding": "gzip" };
      const packed = framed(gzipSync("abc"), true);
      const large = await answerOf(open(session, "repeat", headers).end(packed));
      assert.equal(large.headers["grpc-encoding"], "gzip");
      assert.equal(large.body[0], 1);
      assert.equal(gunzipSync(large.body.subarray(5)).toString(), "abc".repeat(1000));
      const small = await answerOf(open(session, "echo", headers).end(packed));
      assert.deepEqual(small.body, framed("abc"));
    }));

  test("does not pack it for others", () =>
    withSession(async (session) => {
      for (const headers of [{ "grpc-accept-encoding": "gzip" }, { "grpc-encoding": "gzip" }]) {
        const isPacked = "grpc-encoding" in headers;
        const request = isPacked ? framed(gzipSync("abc"), true) : framed("abc");
        const { body } = await answerOf(open(session, "repeat", headers).end(request));
        assert.deepEqual(body, framed("abc".repeat(1000)));
      }
    }));

  test("does not run a call whose time was over before its body came", () =>
    withSession(async (session) => {
      const { headers } = await answerOf(open(session, "echo", { "grpc-timeout": "0n" }).end(framed("hi")));
      assert.equal(headers["grpc-status"], "4");
      assert.equal(headers["grpc-message"], "the deadline of 0 ms has passed");
    }));

  for (const [headers, status] of [
    [{ "content-type": "application/grpc-web" }, 415],
    [{ ":method": "GET" }, 405],
  ] as const) {
    test(`answers ${JSON.stringify(headers)} with ${status}`, () =>
      withSession(async (session) => {
        const stream = open(session, "echo", headers);
        stream.end();
        assert.equal((await answerOf(stream)).headers[":status"], status);
      }));
  }

  test("counts what a limit of HTTP/2 refused", () =>
    withSession(async (session, server) => {
      const stream = open(session, "echo", { "x-large": "x".repeat(20_000) });
      assert.equal((await answerOf(stream)).headers[":status"], 431);
      assert.match(await server.metrics.text(), /limit_exceeded_total\{limit="header_list"\} 1/);
    }));

  test("forgets a call whose caller goes away amid its body", () =>
    withSession(async (session, server) => {
      const stream = open(session, "echo");
      stream.write(framed("hello").subarray(0, 7));
      while (server.gate.isIdle) await new Promise(setImmediate);
      session.destroy();
      while (!server.gate.isIdle) await new Promise(setImmediate);
      const line = server.logger.lines.find(({ message }) => message === "call");
      assert.deepEqual([line?.fields.code, line?.fields.error], [Code.cancelled, "the body was cut off"]);
    }));
});

describe("a GrpcTransport that drains", () => {
  test("answers what it has taken in, and tells who keeps it waiting to go elsewhere", () =>
    withSession(async (session, server) => {
      const whole = open(session, "hold");
      whole.end(framed("whole"));
      while (held.length === 0) await new Promise(setImmediate);
      const half = open(session, "echo");
      half.write(framed("half").subarray(0, 6));
      const watch = open(session, "", { ":path": "/grpc.health.v1.Health/Watch" });
      watch.end(framed(""));
      await once(watch, "data");
      server.grpc.drain();
      const [halfAnswer, [watchTrailers]] = await Promise.all([answerOf(half), once(watch, "trailers")]);
      for (const status of [halfAnswer.headers, watchTrailers]) {
        assert.deepEqual([status["grpc-status"], status["grpc-message"]], ["14", "the server is stopping"]);
      }
      assert.equal(server.grpc.isIdle, false);
      held.pop()?.();
      assert.deepEqual((await answerOf(whole)).body, framed("whole"));
      assert.equal(server.grpc.isIdle, true);
    }));
});

test("reflection waits for a peer that does not read", () =>
  withSession(async (session, server) => {
    const stream = open(session, "", {
      ":path": "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    });
    // A query for a long name that is not there, which comes back twice in each answer.
    const name = "x".repeat(1000);
    const query = framed(Buffer.concat([Buffer.of(0x22, 0xe8, 0x07), Buffer.from(name)]));
    const count = 2000;
    stream.pause();
    stream.end(Buffer.concat(Array(count).fill(query)));
    await once(stream, "response");
    let received = 0;
    let text = "";
    for await (const chunk of stream) {
      received += (chunk as Buffer).length;
      text = `${text}${chunk}`.slice(-2000);
    }
    assert.ok(received > count * name.length, String(received));
    assert.match(text, /there is no symbol/);
    assert.equal(server.grpc.isIdle, true);
  }));

describe("a request that is no message of gRPC", () => {
  const gzip = { "grpc-encoding": "gzip" };
  const faults: Readonly<Record<string, readonly [body: Buffer, headers: object, text: RegExp]>> = {
    "whose flag is none": [
      Buffer.of(233, 0, 0, 0, 0),
      {},
      /^the compressed flag of the message is 233, must be 0 or 1$/,
    ],
    "that is cut off": [
      framed("hello").subarray(0, 7),
      {},
      /^the message is cut off: 2 of the 5 bytes came$/,
    ],
    "that is not packed as it says": [
      framed("hello", true),
      gzip,
      /^the message: grpc-encoding is gzip, the bytes are not$/,
    ],
  };
  for (const [what, [body, headers, text]] of Object.entries(faults)) {
    test(`${what} is INTERNAL, as gRPC says, and no fault of the server's`, () =>
      withSession(async (session, server) => {
        const stream = open(session, "echo", headers);
        stream.end(body);
        const answer = await answerOf(stream);
        const status = { ...answer.headers, ...answer.trailers };
        assert.equal(status["grpc-status"], "13");
        assert.match(String(status["grpc-message"]), text);
        assert.deepEqual(
          server.logger.lines.filter(({ level }) => level === "error"),
          [],
        );
      }));
  }
});
