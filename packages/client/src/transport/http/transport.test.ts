import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { Code } from "@paddlewheel/core";
import { createDeferred, ManualClock } from "@paddlewheel/core/testing";
import { generalModelServiceName } from "@paddlewheel/wire";
import { resolveSecurity } from "../../security/client-security.js";
import { startHttp } from "../../testing/fake-server.js";
import { answerOf, failureOf, startAttempt } from "../../testing/outgoing-call.js";
import { CompressType } from "../host-transport.js";
import type { HostTransportOptions } from "../transport-options.js";
import { HttpHostTransport } from "./transport.js";

/** What a test has opened. */
const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close();
});

interface Posted {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
}

interface Scene {
  readonly address: string;
  readonly transport: HttpHostTransport;
}

/** A transport to a server that answers by hand. */
async function scene(
  onPost: (posted: Posted) => void,
  options: Partial<HostTransportOptions> = {},
): Promise<Scene> {
  const server = await startHttp(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    onPost({ request, response, body: Buffer.concat(pieces) });
  });
  const address = server.endpoint.replace("http://", "");
  const transport = new HttpHostTransport({ address, ...options });
  open.push(server, transport);
  return { address, transport };
}

const echo = ({ response, body }: Posted): void => void response.end(body);

describe("HttpHostTransport", () => {
  test("sends what a call says, and takes the answer with its headers", async () => {
    let seen: IncomingMessage | undefined;
    const security = resolveSecurity(undefined, "secret");
    const onPost = ({ request, response }: Posted): void => {
      seen = request;
      response.writeHead(200, { "x-answer": "yes" }).end("pong");
    };
    const { transport } = await scene(onPost, { security });
    const headers = new Map([["x-paddlewheel-priority", "high"]]);
    const { message, headers: answered } = await answerOf(
      startAttempt(transport, { logId: 7n, requestId: "r-1", timeoutMs: 1500, headers }),
    );
    assert.equal(Buffer.from(message).toString(), "pong");
    assert.equal(answered.get("x-answer"), "yes");
    assert.deepEqual([seen?.method, seen?.url], ["POST", "/test.Echo/echo"]);
    const sent = seen?.headers ?? {};
    assert.equal(sent["content-type"], "application/proto");
    assert.equal(sent["grpc-timeout"], "1500000u");
    assert.equal(sent["log-id"], "7");
    assert.equal(sent["x-request-id"], "r-1");
    assert.equal(sent["x-paddlewheel-priority"], "high");
    assert.equal(sent.authorization, "Bearer secret");
    assert.equal(sent["accept-encoding"], "identity");
  });

  test("packs from 512 bytes on, asks for packed answers then, and unpacks them", async () => {
    const encodings: (string | undefined)[] = [];
    const { transport } = await scene(({ request, response, body }) => {
      encodings.push(request.headers["content-encoding"]);
      assert.equal(request.headers["accept-encoding"], "gzip");
      const message = request.headers["content-encoding"] ? gunzipSync(body) : body;
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(message));
    });
    for (const size of [511, 512, 100_000]) {
      const message = Buffer.alloc(size, "abc");
      const answer = await answerOf(startAttempt(transport, { message, compressType: CompressType.gzip }));
      assert.ok(message.equals(answer.message));
    }
    assert.deepEqual(encodings, [undefined, "gzip", "gzip"]);
  });

  test("gives errors the server's code and words, or those of their status", async () => {
    const answers: readonly [number, Record<string, string>, string][] = [
      [503, { "x-bd-error-code": "2003" }, "the server is stopping"],
      [503, {}, "no upstream"],
      [500, { "x-bd-error-code": "-5100", "content-type": "application/proto" }, "told by a message"],
      [418, {}, ""],
    ];
    let turn = 0;
    const { address, transport } = await scene(({ response }) => {
      const [status, headers, text] = answers[turn++] ?? [200, {}, ""];
      response.writeHead(status, headers).end(text);
    });
    const readErrorText = (message: Uint8Array): string => Buffer.from(message).toString();
    const failures = [];
    for (const _ of answers) failures.push(await failureOf(startAttempt(transport, { readErrorText })));
    assert.deepEqual(failures, [
      { stage: "unsent", code: Code.unavailable, message: "the server is stopping" },
      { stage: "answered", code: Code.unavailable, message: "no upstream" },
      { stage: "answered", code: Code.opFailure, message: "told by a message" },
      { stage: "answered", code: Code.internal, message: `${address} answered with HTTP status 418` },
    ]);
  });

  test("posts JSON to the path it was given, and reads errors that come as JSON", async () => {
    const answers: readonly string[] = [
      '{"err_msg":"told by a message"}',
      '{"message":"a gateway\'s own"}',
      "{",
    ];
    let turn = 0;
    const seen: unknown[] = [];
    const { transport } = await scene(
      ({ request, response }) => {
        seen.push(request.url, request.headers["content-type"], request.headers["accept-encoding"]);
        response.writeHead(500, { "content-type": "application/json" }).end(answers[turn++]);
      },
      { http: { format: "json", servicePath: "/v1/predict?key=1", compressResponse: true } },
    );
    const messages = [];
    for (const _ of answers) {
      messages.push((await failureOf(startAttempt(transport, { service: generalModelServiceName }))).message);
    }
    assert.deepEqual(messages, ["told by a message", '{"message":"a gateway\'s own"}', "{"]);
    assert.deepEqual(seen.slice(0, 3), ["/v1/predict?key=1", "application/json", "gzip"]);
  });

  test("says that a call is unanswered when its connection breaks, also within the answer", async () => {
    const { address, transport } = await scene(({ request, response }) => {
      if (request.headers["x-request-id"]) response.writeHead(200, { "content-length": "10" }).write("half");
      setImmediate(() => request.socket.destroy());
    });
    for (const requestId of [undefined, "half"]) {
      const { stage, code, message } = await failureOf(startAttempt(transport, { requestId }));
      assert.deepEqual([stage, code], ["unanswered", Code.unavailable]);
      assert.ok(message.startsWith(`cannot call ${address}: `), message);
    }
  });

  test("refuses an answer that is too large, packed or unpacked", async () => {
    let isPacked = false;
    const { address, transport } = await scene(
      ({ response }) => {
        const body = Buffer.alloc(5000);
        if (isPacked) response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(body));
        else response.end(body);
      },
      { limits: { maxAnswerBytes: 1000 } },
    );
    const failure = await failureOf(startAttempt(transport));
    assert.equal(failure.code, Code.messageTooLarge);
    assert.equal(failure.message, `${address}: Received message larger than max (5000 vs 1000)`);
    isPacked = true;
    assert.equal((await failureOf(startAttempt(transport))).code, Code.messageTooLarge);
  });

  test("has calls wait for a connection, and refuses those that are too many", async () => {
    const posted: Posted[] = [];
    const limits = { maxConnections: 1, maxWaiting: 2 };
    const { address, transport } = await scene((one) => posted.push(one), { limits });
    const next = async (): Promise<Posted> => {
      for (;;) {
        const [one] = posted.splice(0);
        if (one) return one;
        await new Promise(setImmediate);
      }
    };
    const attempts = [startAttempt(transport), startAttempt(transport), startAttempt(transport)];
    assert.deepEqual(await failureOf(startAttempt(transport)), {
      stage: "unsent",
      code: Code.resourceExhausted,
      message: `cannot call ${address}: 2 calls wait for a connection already`,
    });
    const ports = new Set<number | undefined>();
    for (const attempt of attempts) {
      const one = await next();
      ports.add(one.request.socket.remotePort);
      echo(one);
      await answerOf(attempt);
    }
    assert.equal(ports.size, 1);
  });

  test("ends a call at its deadline and closes its connection, so that the server can stop too", async () => {
    const clock = new ManualClock();
    const arrived = createDeferred<Posted>();
    const { address, transport } = await scene(arrived.resolve, { clock });
    const attempt = startAttempt(transport, { timeoutMs: 100 });
    const { request } = await arrived.promise;
    const closed = new Promise((resolve) => request.socket.once("close", resolve));
    clock.advance(100);
    const { code, message } = await failureOf(attempt);
    assert.deepEqual([code, message], [Code.deadlineExceeded, `${address} did not answer within 100 ms`]);
    await closed;
    assert.equal(clock.timerCount, 0);
  });

  test("refuses headers that HTTP does not allow, and connection types it has not", async () => {
    const { transport } = await scene(echo);
    const { stage, code } = await failureOf(startAttempt(transport, { requestId: "two\nlines" }));
    assert.deepEqual([stage, code], ["unsent", Code.invalidArgument]);
    assert.throws(() => new HttpHostTransport({ address: "h:1", connectionType: "single" }), {
      message: "connection type single: http has only pooled and short",
    });
    assert.throws(() => new HttpHostTransport({ address: "h:1", http: { servicePath: "predict" } }), {
      code: Code.invalidArgument,
      message: 'servicePath "predict": must begin with / and have no blanks nor letters beyond ASCII',
    });
    assert.throws(() => new HttpHostTransport({ address: "h:1", limits: { maxConnections: 0 } }), {
      message: "maxConnections: 0 is not a whole number from 1 on",
    });
  });
});
