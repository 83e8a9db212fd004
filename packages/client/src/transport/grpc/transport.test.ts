import assert from "node:assert/strict";
import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, describe, test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { Code, ServeError } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import {
  encodeStatusDetails,
  frameMessage,
  type GeneralRequest,
  GrpcStatus,
  generalResponseCodec,
} from "@paddlewheel/wire";
import { emptyResponse } from "../../testing/fake-server.js";
import { GrpcCaller } from "../../testing/grpc-caller.js";

const request: GeneralRequest = {
  tensors: [],
  fetchVarNames: ["price"],
  profileServer: false,
  logId: 7n,
};

const answer = generalResponseCodec.encode({ ...emptyResponse, logId: 7n });

/** What a test has opened. */
const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close();
});

type Answer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

interface Called {
  readonly endpoint: string;
  readonly transport: GrpcCaller;
}

/** A transport to a server that answers by hand. */
async function calling(onStream: Answer, clock?: ManualClock): Promise<Called> {
  const sessions: ServerHttp2Session[] = [];
  const server = createServer();
  server.on("session", (session) => sessions.push(session));
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    onStream(stream, headers);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const transport = new GrpcCaller(endpoint, clock ? { clock } : {});
  open.push({
    close: () => {
      transport.close();
      for (const session of sessions) session.destroy();
      server.close();
    },
  });
  return { endpoint, transport };
}

const grpc: OutgoingHttpHeaders = { ":status": 200, "content-type": "application/grpc" };

/** Answers with headers, body and trailers. */
function answering(
  headers: OutgoingHttpHeaders,
  body: readonly Uint8Array[],
  trailers?: OutgoingHttpHeaders,
): Answer {
  return (stream) => {
    stream.respond(headers, { waitForTrailers: trailers !== undefined });
    if (trailers) stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    stream.end(Buffer.concat(body));
  };
}

const ok: OutgoingHttpHeaders = { "grpc-status": "0" };

interface Failure {
  readonly code: Code;
  /** `PEER` stands for the endpoint. */
  readonly message: string;
}

async function assertFails(onStream: Answer, { code, message }: Failure): Promise<ServeError> {
  const { endpoint, transport } = await calling(onStream);
  const thrown: unknown = await transport.call(request, { timeoutMs: 10_000 }).then(
    () => undefined,
    (error) => error,
  );
  assert.ok(thrown instanceof ServeError);
  assert.equal(thrown.message, message.replace("PEER", endpoint));
  assert.equal(thrown.code, code);
  return thrown;
}

describe("GrpcHostTransport", () => {
  test("sends the headers of gRPC", async () => {
    let seen: IncomingHttpHeaders = {};
    const { endpoint, transport } = await calling((stream, headers) => {
      seen = headers;
      answering(grpc, frameMessage(answer, false), ok)(stream, headers);
    });
    const response = await transport.call(request, { timeoutMs: 1500 });
    assert.equal(response.logId, 7n);
    const { ":path": path, ":authority": authority, ":method": method, ":scheme": scheme } = seen;
    assert.deepEqual([method, scheme, authority], ["POST", "http", endpoint]);
    assert.equal(path, "/baidu.paddle_serving.predictor.general_model.GeneralModelService/inference");
    assert.equal(seen["content-type"], "application/grpc");
    assert.equal(seen.te, "trailers");
    assert.equal(seen["grpc-timeout"], "1500000u");
    assert.equal(seen["grpc-accept-encoding"], "identity,deflate,gzip");
    assert.equal(seen["log-id"], "7");
  });

  test("reads packed answers", async () => {
    for (const [encoding, pack] of [
      ["gzip", gzipSync],
      ["deflate", deflateSync],
    ] as const) {
      const packed = frameMessage(pack(answer), true);
      const { transport } = await calling(answering({ ...grpc, "grpc-encoding": encoding }, packed, ok));
      assert.equal((await transport.call(request, { timeoutMs: 10_000 })).logId, 7n);
    }
  });

  test("has the stream of a call that was given up reset", async () => {
    const codes: number[] = [];
    const controller = new AbortController();
    const { transport } = await calling((stream) => {
      stream.on("close", () => codes.push(stream.rstCode));
      controller.abort();
    });
    const call = transport.call(request, { timeoutMs: 10_000, signal: controller.signal });
    await assert.rejects(call, { code: Code.cancelled });
    while (codes.length === 0) await new Promise(setImmediate);
    assert.deepEqual(codes, [8]);
  });

  test("gives up at the deadline while it still connects", async () => {
    const clock = new ManualClock();
    const { endpoint, transport } = await calling(() => assert.fail("it was not to connect"), clock);
    const call = transport.call(request, { timeoutMs: 100 });
    clock.advance(100);
    await assert.rejects(call, {
      code: Code.deadlineExceeded,
      message: `${endpoint} did not answer within 100 ms`,
    });
    assert.equal(clock.timerCount, 2);
  });

  test("tells calls under way that it was closed", async () => {
    const { transport } = await calling(() => transport.close());
    await assert.rejects(transport.call(request, { timeoutMs: 10_000 }), {
      code: Code.cancelled,
      message: "the client was closed",
    });
    await assert.rejects(transport.call(request, { timeoutMs: 10_000 }), { code: Code.cancelled });
  });

  test("refuses an endpoint that is none", () => {
    assert.throws(() => new GrpcCaller("nowhere"), { message: 'endpoint "nowhere": must be host:port' });
  });
});

describe("an error of a server", () => {
  test("has the server's own words and code when it is one of ours", async () => {
    const trailers = {
      "grpc-status": "13",
      "grpc-message": "tensor %22x%22: zu gro%C3%9F",
      "x-bd-error-code": "-5100",
    };
    const expected = { code: Code.opFailure, message: 'tensor "x": zu groß' };
    await assertFails(answering(grpc, [], trailers), expected);
    await assertFails((stream) => stream.respond({ ...grpc, ...trailers }, { endStream: true }), expected);
  });

  test("has its details, and by them a code too", async () => {
    const error = new ServeError(Code.notFound, "no such engine", { details: { engine: "uci" } });
    const details = encodeStatusDetails(GrpcStatus.notFound, error);
    const trailers = {
      "grpc-status": "5",
      "grpc-message": "no such engine",
      "grpc-status-details-bin": details,
    };
    const thrown = await assertFails(answering(grpc, [], trailers), error);
    assert.deepEqual(thrown.details, { engine: "uci" });
  });

  test("has the code its gRPC status stands for", async () => {
    const failing = (status: number): Answer =>
      answering(grpc, [], { "grpc-status": String(status), "grpc-message": "m" });
    await assertFails(failing(8), { code: Code.resourceExhausted, message: "PEER: m" });
    await assertFails(failing(12), { code: Code.methodNotFound, message: "PEER: m" });
    await assertFails(failing(4), {
      code: Code.deadlineExceeded,
      message: "PEER did not answer within 10000 ms",
    });
    await assertFails(failing(99), { code: Code.internal, message: "PEER: m" });
  });

  test("has the code its HTTP status stands for when it speaks no gRPC", async () => {
    const page = Buffer.from("<html>");
    for (const [status, code] of [
      [400, Code.internal],
      [401, Code.unauthenticated],
      [403, Code.permissionDenied],
      [404, Code.methodNotFound],
      [429, Code.unavailable],
      [502, Code.unavailable],
      [503, Code.unavailable],
      [504, Code.unavailable],
      [500, Code.internal],
    ] as const) {
      const headers = { ":status": status, "content-type": "text/html" };
      await assertFails(answering(headers, [page]), {
        code,
        message: `PEER answered with HTTP status ${status}`,
      });
    }
    await assertFails(answering({ ":status": 200, "content-type": "text/html" }, [page]), {
      code: Code.internal,
      message: "PEER answered with something else than gRPC",
    });
  });

  test("has the code its reset stands for", async () => {
    const name = (code: string): string => `PEER: the server reset the stream: ${code}`;
    await assertFails((stream) => stream.close(8), { code: Code.cancelled, message: name("CANCEL") });
    await assertFails((stream) => stream.close(7), {
      code: Code.unavailable,
      message: name("REFUSED_STREAM"),
    });
    await assertFails((stream) => stream.close(11), {
      code: Code.resourceExhausted,
      message: name("ENHANCE_YOUR_CALM"),
    });
    await assertFails((stream) => stream.close(12), {
      code: Code.permissionDenied,
      message: name("INADEQUATE_SECURITY"),
    });
    await assertFails((stream) => stream.close(2), { code: Code.internal, message: name("INTERNAL_ERROR") });
  });

  test("says that the connection broke", async () => {
    const { endpoint, transport } = await calling((stream) => stream.session?.destroy());
    await assert.rejects(
      transport.call(request, { timeoutMs: 10_000 }),
      (error) =>
        error instanceof ServeError &&
        error.code === Code.unavailable &&
        error.message.startsWith(`cannot call ${endpoint}: the server `),
    );
  });
});

describe("an answer that cannot be read", () => {
  const [framed = Buffer.alloc(0)] = frameMessage(answer, false);

  test("fails with what is wrong with it", async () => {
    const cases: readonly [headers: OutgoingHttpHeaders, body: readonly Uint8Array[], Failure][] = [
      [grpc, [], { code: Code.methodNotFound, message: "PEER: expected one message, got none" }],
      [
        grpc,
        [framed, framed],
        { code: Code.methodNotFound, message: "PEER: expected one message, got more" },
      ],
      [
        grpc,
        [Buffer.from([0, 0x3f, 0, 0, 0])],
        {
          code: Code.messageTooLarge,
          message: "PEER: Received message larger than max (1056964608 vs 536870912)",
        },
      ],
      [
        { ...grpc, "grpc-encoding": "snappy" },
        [framed],
        {
          code: Code.internal,
          message: 'PEER: grpc-encoding: "snappy" is not known, send identity, deflate or gzip',
        },
      ],
      [
        { ...grpc, "grpc-encoding": "gzip" },
        frameMessage(answer, true),
        { code: Code.internal, message: "PEER: the message: grpc-encoding is gzip, the bytes are not" },
      ],
    ];
    for (const [headers, body, failure] of cases) await assertFails(answering(headers, body, ok), failure);
  });

  test("fails without a status", async () => {
    await assertFails(answering(grpc, [framed]), {
      code: Code.internal,
      message: "PEER answered with something else than gRPC",
    });
  });
});
