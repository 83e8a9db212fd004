import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import { packMessage } from "@paddlewheel/wire";
import { resolveSecurity } from "../../security/client-security.js";
import { BaiduStdPeer } from "../../testing/baidu-std-peer.js";
import { answerOf, failureOf, startAttempt } from "../../testing/outgoing-call.js";
import { CompressType } from "../host-transport.js";
import type { HostTransportOptions } from "../transport-options.js";
import { BaiduStdTransport } from "./transport.js";

/** What a test has opened. */
const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close();
});

interface Scene {
  readonly peer: BaiduStdPeer;
  readonly transport: BaiduStdTransport;
}

async function scene(options: Partial<HostTransportOptions> = {}): Promise<Scene> {
  const peer = await new BaiduStdPeer().start();
  const transport = new BaiduStdTransport({ address: peer.address, ...options });
  open.push(peer, transport);
  return { peer, transport };
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** An address where nobody listens. */
async function deadAddress(): Promise<string> {
  const peer = await new BaiduStdPeer().start();
  const { address } = peer;
  peer.close();
  return address;
}

describe("BaiduStdTransport", () => {
  test("sends what a call says, and takes the answer with its attachment and fields", async () => {
    const { peer, transport } = await scene();
    const headers = new Map([["x-paddlewheel-priority", "high"]]);
    const attempt = startAttempt(transport, { logId: 7n, requestId: "r-1", timeoutMs: 1499.5, headers });
    const { meta, payload, answer } = await peer.next();
    assert.deepEqual(meta.request, {
      serviceName: "test.Echo",
      methodName: "echo",
      logId: 7n,
      traceId: 0n,
      spanId: 0n,
      parentSpanId: 0n,
      requestId: "r-1",
      timeoutMs: 1500,
    });
    assert.deepEqual(meta.userFields, headers);
    assert.equal(text(payload), "ping");
    answer({ attachmentSize: 3, userFields: [["k", "v"]] }, Buffer.from("pongatt"));
    const { message, attachment = new Uint8Array(0), headers: fields } = await answerOf(attempt);
    assert.deepEqual([text(message), text(attachment), [...fields]], ["pong", "att", [["k", "v"]]]);
  });

  test("sends the trace of traceparent as brpc's ids too, when it is kept", async () => {
    const { peer, transport } = await scene();
    for (const [flags, ids] of [
      ["01", [0x8448eb211c80319cn, 0xb7ad6b7169203331n]],
      ["00", [0n, 0n]],
    ] as const) {
      const traceparent = `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`;
      startAttempt(transport, { headers: new Map([["traceparent", traceparent]]) });
      const { meta } = await peer.next();
      assert.deepEqual([meta.request?.traceId, meta.request?.spanId], ids);
      assert.equal(meta.userFields.get("traceparent"), traceparent);
    }
  });

  test("brings answers that come in any order to their calls, all on one connection", async () => {
    const { peer, transport } = await scene();
    const attempts = Array.from({ length: 100 }, (_, i) =>
      startAttempt(transport, { message: Buffer.from(`message ${i}`) }),
    );
    const requests = await peer.take(100);
    for (const request of requests.reverse()) request.answer();
    const answers = await Promise.all(attempts.map(answerOf));
    answers.forEach(({ message }, i) => {
      assert.equal(text(message), `message ${i}`);
    });
    assert.equal(peer.connectionCount, 1);
  });

  test("packs requests and unpacks answers of every type, and of large ones in threads", async () => {
    const { peer, transport } = await scene();
    peer.onRequest = ({ meta: { compressType }, answer }) => answer({ compressType });
    for (const size of [100, 5000, 100_000]) {
      const message = Buffer.alloc(size, "abcdefgh");
      for (const compressType of Object.values(CompressType)) {
        const answer = await answerOf(startAttempt(transport, { message, compressType }));
        assert.ok(message.equals(answer.message), `${size} bytes by ${compressType}`);
      }
    }
  });

  test("carries messages of several megabytes both ways", async () => {
    const { peer, transport } = await scene();
    peer.onRequest = ({ answer }) => answer();
    const message = Buffer.alloc(9_000_000, "0123456789");
    const answers = await Promise.all([1, 2, 3].map(() => answerOf(startAttempt(transport, { message }))));
    for (const answer of answers) assert.ok(message.equals(answer.message));
  });

  test("shows the token in the first request of each connection only, without a scheme", async () => {
    const { peer, transport } = await scene({ security: resolveSecurity(undefined, "secret") });
    startAttempt(transport);
    startAttempt(transport);
    const [first, second] = await peer.take(2);
    assert.equal(text(first?.meta.authenticationData ?? Buffer.of()), "secret");
    assert.equal(second?.meta.authenticationData.length, 0);
  });

  test("ends a call whose time is up, and drops its late answer", async () => {
    const clock = new ManualClock();
    const { peer, transport } = await scene({ clock });
    const other = startAttempt(transport, { timeoutMs: 1000 });
    const late = startAttempt(transport, { timeoutMs: 100 });
    const [otherRequest, lateRequest] = await peer.take(2);
    clock.advance(100);
    assert.deepEqual(await failureOf(late), {
      stage: "unanswered",
      code: Code.deadlineExceeded,
      message: `${peer.address} did not answer within 100 ms`,
    });
    lateRequest?.answer();
    otherRequest?.answer();
    assert.equal(text((await answerOf(other)).message), "ping");
    clock.advance(2000);
    assert.equal(clock.timerCount, 0);
  });

  test("opens another connection when one has said nothing at all for the time of a call", async () => {
    const clock = new ManualClock();
    const { peer, transport } = await scene({ clock });
    const first = startAttempt(transport, { timeoutMs: 100 });
    await peer.next();
    clock.advance(100);
    await failureOf(first);
    peer.onRequest = ({ answer }) => answer();
    await answerOf(startAttempt(transport));
    assert.equal(peer.connectionCount, 2);
  });

  test("says nothing to whoever has abandoned a call, and goes on", async () => {
    const { peer, transport } = await scene();
    const abandoned = startAttempt(transport);
    void abandoned.outcome.then(() => assert.fail("it was abandoned"));
    const request = await peer.next();
    abandoned.abandon();
    abandoned.abandon();
    request.answer();
    const next = startAttempt(transport);
    (await peer.next()).answer();
    await answerOf(next);
    assert.equal(peer.connectionCount, 1);
  });

  test("gives errors their codes and the server's words, whatever compress_type says", async () => {
    const { peer, transport } = await scene();
    const errors: readonly [number, Code][] = [
      [Code.serviceNotFound, Code.serviceNotFound],
      [Code.outOfMemory, Code.outOfMemory],
      [Code.resourceExhausted, Code.resourceExhausted],
      [2001, Code.internal],
      [1011, Code.resourceExhausted],
      [110, Code.deadlineExceeded],
      [77_777, Code.internal],
    ];
    for (const [errorCode, code] of errors) {
      const attempt = startAttempt(transport);
      const response = { errorCode, errorText: `[E${errorCode}]no` };
      (await peer.next()).answer({ response, compressType: CompressType.gzip }, Buffer.of());
      assert.deepEqual(await failureOf(attempt), { stage: "answered", code, message: `[E${errorCode}]no` });
    }
  });

  test("leaves a connection whose server is leaving, and lets calls on it end", async () => {
    const { peer, transport } = await scene();
    const attempts = [startAttempt(transport), startAttempt(transport)];
    const [first, second] = await peer.take(2);
    first?.fail(Code.unavailable, "Server is stopping");
    const [refused, answered] = attempts;
    assert.ok(refused && answered);
    assert.deepEqual(await failureOf(refused), {
      stage: "unsent",
      code: Code.unavailable,
      message: "Server is stopping",
    });
    const next = startAttempt(transport);
    (await peer.next()).answer();
    await answerOf(next);
    assert.equal(peer.connectionCount, 2);
    second?.answer();
    await answerOf(answered);
  });

  test("says that nothing was sent when there is no server", async () => {
    const address = await deadAddress();
    const transport = new BaiduStdTransport({ address });
    open.push(transport);
    const failure = await failureOf(startAttempt(transport));
    assert.deepEqual([failure.stage, failure.code], ["unsent", Code.unavailable]);
    assert.equal(failure.message, `cannot call ${address}: connect ECONNREFUSED ${address}`);
  });

  test("gives up a connection that is not made in time, its TLS included", async () => {
    const clock = new ManualClock();
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const security = resolveSecurity({ insecure: true }, undefined);
    const transport = new BaiduStdTransport({ address, clock, security, limits: { connectTimeoutMs: 20 } });
    open.push(silent, transport);
    const attempt = startAttempt(transport);
    await once(silent, "connection");
    clock.advance(20);
    assert.deepEqual(await failureOf(attempt), {
      stage: "unsent",
      code: Code.unavailable,
      message: `cannot call ${address}: no connection within 20 ms`,
    });
  });

  test("says that a call is unanswered when its connection breaks, and opens another for the next", async () => {
    const { peer, transport } = await scene();
    const attempt = startAttempt(transport);
    (await peer.next()).socket.destroy();
    const { stage, code, message } = await failureOf(attempt);
    assert.deepEqual([stage, code], ["unanswered", Code.unavailable]);
    assert.equal(message, `cannot call ${peer.address}: the server closed the connection`);
    peer.onRequest = ({ answer }) => answer();
    await answerOf(startAttempt(transport));
  });

  test("ends a connection on which something else comes, and tells its calls what", async () => {
    const { peer, transport } = await scene();
    for (const [bytes, why] of [
      ["HTTP/1.1 400 Bad Request\r\n\r\n", 'a frame must begin with "PRPC"'],
      ["PRPC\0\0\0\x01\0\0\0\x02", "the meta of a frame is larger than the frame"],
      ["PRPC\0\0\0\x01\0\0\0\x01\x0a", "RpcMeta.request: the varint at byte 1 is cut off"],
    ] as const) {
      const attempt = startAttempt(transport);
      (await peer.next()).socket.write(Buffer.from(bytes, "latin1"));
      const { stage, code, message } = await failureOf(attempt);
      assert.deepEqual([stage, code], ["unanswered", Code.unavailable]);
      assert.equal(message, `cannot call ${peer.address}: it does not speak baidu_std: ${why}`);
    }
  });

  test("names what is wrong with an answer, and keeps the connection", async () => {
    const { peer, transport } = await scene();
    const attempt = startAttempt(transport);
    (await peer.next()).answer({ compressType: CompressType.snappy }, Buffer.from("no snappy"));
    const { stage, code, message } = await failureOf(attempt);
    assert.deepEqual([stage, code], ["answered", Code.internal]);
    assert.ok(message.startsWith(`${peer.address}: `), message);
    const cut = startAttempt(transport);
    (await peer.next()).answer({ attachmentSize: 9 }, Buffer.from("abc"));
    assert.equal(
      (await failureOf(cut)).message,
      `${peer.address}: attachment_size: 9 is larger than the 3 bytes behind the meta`,
    );
    assert.equal(peer.connectionCount, 1);
  });

  test("refuses an answer that is too large, and tells the other calls why their connection went", async () => {
    const { peer, transport } = await scene({ limits: { maxAnswerBytes: 1000 } });
    const attempts = [startAttempt(transport), startAttempt(transport)];
    const [first] = await peer.take(2);
    first?.answer({}, Buffer.alloc(2000));
    const [large, other] = await Promise.all(attempts.map(failureOf));
    assert.deepEqual([large?.stage, large?.code], ["answered", Code.messageTooLarge]);
    assert.deepEqual(other, {
      stage: "unanswered",
      code: Code.unavailable,
      message: `cannot call ${peer.address}: an answer on its connection is too large`,
    });
  });

  test("does not unpack more than an answer may have", async () => {
    const { peer, transport } = await scene({ limits: { maxAnswerBytes: 1000 } });
    const packed = await packMessage(Buffer.alloc(5000), CompressType.gzip);
    const attempt = startAttempt(transport);
    (await peer.next()).answer({ compressType: packed.compressType }, packed.bytes);
    assert.equal((await failureOf(attempt)).code, Code.messageTooLarge);
  });

  test("refuses calls beyond those in flight, and beyond the bytes that wait", async () => {
    const { peer, transport } = await scene({ limits: { maxInFlight: 2, maxUnwrittenBytes: 10_000 } });
    const message = Buffer.alloc(20_000);
    startAttempt(transport, { message });
    assert.deepEqual(await failureOf(startAttempt(transport)), {
      stage: "unsent",
      code: Code.resourceExhausted,
      message: `cannot call ${peer.address}: 20036 bytes wait to be written on its connection`,
    });
    await peer.next();
    startAttempt(transport);
    await peer.next();
    assert.deepEqual(await failureOf(startAttempt(transport)), {
      stage: "unsent",
      code: Code.resourceExhausted,
      message: `cannot call ${peer.address}: 2 calls are in flight on its connection`,
    });
  });

  test("ends its calls when it is closed, and takes no more", async () => {
    const { peer, transport } = await scene();
    const attempt = startAttempt(transport);
    await peer.next();
    transport.close();
    transport.close();
    const { code, message } = await failureOf(attempt);
    assert.deepEqual([code, message], [Code.cancelled, "the client was closed"]);
    assert.equal((await failureOf(startAttempt(transport))).code, Code.cancelled);
    assert.equal((await failureOf(startAttempt(transport, { compressType: 2 }))).code, Code.cancelled);
  });
});

describe("BaiduStdTransport with pooled connections", () => {
  test("has one call at a time on a connection, and uses connections again", async () => {
    const { peer, transport } = await scene({ connectionType: "pooled" });
    const attempts = [startAttempt(transport), startAttempt(transport)];
    for (const request of await peer.take(2)) request.answer();
    await Promise.all(attempts.map(answerOf));
    assert.equal(peer.connectionCount, 2);
    peer.onRequest = ({ answer }) => answer();
    for (let i = 0; i < 3; i++) await answerOf(startAttempt(transport));
    assert.equal(peer.connectionCount, 2);
  });

  test("has calls wait for a connection in their order, and refuses those that are too many", async () => {
    const { peer, transport } = await scene({
      connectionType: "pooled",
      limits: { maxConnections: 1, maxWaiting: 2 },
    });
    const attempts = ["a", "b", "c"].map((message) =>
      startAttempt(transport, { message: Buffer.from(message) }),
    );
    assert.equal(
      (await failureOf(startAttempt(transport))).message,
      `cannot call ${peer.address}: 2 calls wait for a connection already`,
    );
    for (const wanted of ["a", "b", "c"]) {
      const request = await peer.next();
      assert.equal(text(request.payload), wanted);
      request.answer();
    }
    await Promise.all(attempts.map(answerOf));
    assert.equal(peer.connectionCount, 1);
  });

  test("ends the connection of a call that is given up, and brings the next on another", async () => {
    const clock = new ManualClock();
    const { peer, transport } = await scene({
      clock,
      connectionType: "pooled",
      limits: { maxConnections: 1 },
    });
    const late = startAttempt(transport, { timeoutMs: 50 });
    await peer.next();
    const waiting = startAttempt(transport);
    const forgotten = startAttempt(transport);
    forgotten.abandon();
    clock.advance(50);
    assert.equal((await failureOf(late)).code, Code.deadlineExceeded);
    (await peer.next()).answer();
    await answerOf(waiting);
    assert.equal(peer.connectionCount, 2);
  });

  test("leaves its connection alone when a call is given up whose answer is being unpacked", async () => {
    const { peer, transport } = await scene({ connectionType: "pooled", limits: { maxConnections: 1 } });
    const packed = await packMessage(Buffer.alloc(30_000_000, "abcd"), CompressType.gzip);
    const large = startAttempt(transport);
    const waiting = startAttempt(transport);
    (await peer.next()).answer({ compressType: packed.compressType }, packed.bytes);
    // It is sent once the connection is free, while the large answer is unpacked.
    const request = await peer.next();
    large.abandon();
    request.answer();
    await answerOf(waiting);
    assert.equal(peer.connectionCount, 1);
  });

  test("closes connections that were idle for long", async () => {
    const clock = new ManualClock();
    const { peer, transport } = await scene({ clock, connectionType: "pooled" });
    peer.onRequest = ({ answer }) => answer();
    await answerOf(startAttempt(transport));
    clock.advance(29_999);
    await answerOf(startAttempt(transport));
    assert.equal(peer.connectionCount, 1);
    clock.advance(30_000);
    await answerOf(startAttempt(transport));
    assert.equal(peer.connectionCount, 2);
  });
});

describe("BaiduStdTransport with several connections", () => {
  test("has calls take turns on them", async () => {
    const { peer, transport } = await scene({ connectionCount: 3 });
    peer.onRequest = ({ answer }) => answer();
    await Promise.all(Array.from({ length: 12 }, () => answerOf(startAttempt(transport))));
    assert.equal(peer.connectionCount, 3);
  });

  test("refuses a count that is none", () => {
    assert.throws(() => new BaiduStdTransport({ address: "h:1", connectionCount: 0 }), {
      message: "connectionCount: 0 is not a whole number from 1 on",
    });
  });
});

describe("BaiduStdTransport with short connections", () => {
  test("has a connection for each call, no more than allowed at once", async () => {
    const { peer, transport } = await scene({ connectionType: "short", limits: { maxConnections: 2 } });
    let largest = 0;
    peer.onRequest = ({ answer }) => {
      largest = Math.max(largest, peer.openCount);
      answer();
    };
    await Promise.all(Array.from({ length: 6 }, () => answerOf(startAttempt(transport))));
    assert.equal(peer.connectionCount, 6);
    assert.ok(largest <= 3, `${largest} were open at once`);
  });
});
