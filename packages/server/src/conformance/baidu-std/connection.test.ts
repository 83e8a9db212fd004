import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { Code, type Secret, ServeError } from "@paddlewheel/core";
import type { ServerLimits } from "../../limits.js";
import { type Handler, TestServer, textService } from "../test-server.js";
import { type Answer, BaiduStdPeer, frameOf } from "./peer.js";

const never = (): Promise<string> => new Promise(() => {});

/** Methods that answer at once, later, never and much, and how to have those at work answered. */
function scriptedService() {
  const waiting: ((text: string) => void)[] = [];
  const handlers: Record<string, Handler> = {
    echo: (text) => text,
    hold: () => new Promise<string>((resolve) => waiting.push(resolve)),
    hang: never,
    much: () => "x".repeat(4 * 1024 * 1024),
  };
  const answerAll = (): void => {
    for (const resolve of waiting.splice(0)) resolve("held");
  };
  return { service: textService(handlers), answerAll };
}

interface Scene {
  readonly server: TestServer;
  readonly peer: BaiduStdPeer;
  readonly answerAll: () => void;
}

async function withScene(
  limits: Partial<ServerLimits>,
  body: (scene: Scene) => Promise<void>,
): Promise<void> {
  const { service, answerAll } = scriptedService();
  await using server = await new TestServer([service], limits).start();
  const peer = await BaiduStdPeer.connect(server.port);
  try {
    await body({ server, peer, answerAll });
  } finally {
    peer.close();
  }
}

function call(id: number, methodName = "echo", payload: Uint8Array | string = "hi"): Buffer {
  const request = { serviceName: "test.Echo", methodName };
  return frameOf({ request, correlationId: BigInt(id) }, payload);
}

/** Id, code and text of a message or an error. */
function told(answer: Answer | undefined): readonly [id: number, code: number, text: string] | undefined {
  if (!answer) return undefined;
  const { errorCode = Number.NaN, errorText = "" } = answer.meta.response ?? {};
  return [Number(answer.meta.correlationId), errorCode, errorCode === 0 ? String(answer.payload) : errorText];
}

async function countOf(server: TestServer, limit: string): Promise<number> {
  const line = new RegExp(`^limit_exceeded_total\\{limit="${limit}"\\} (\\d+)`, "m");
  return Number(line.exec(await server.metrics.text())?.[1]);
}

/** Until the server has read what was sent: it has answered what was sent behind it. */
async function settle(peer: BaiduStdPeer): Promise<void> {
  peer.write(call(0));
  await peer.next();
}

describe("answers", () => {
  test("come when they are made, whatever was asked first", () =>
    withScene({}, async ({ peer, answerAll }) => {
      peer.write(Buffer.concat([call(1, "hold"), call(2)]));
      assert.deepEqual(told(await peer.next()), [2, Code.ok, "hi"]);
      answerAll();
      assert.deepEqual(told(await peer.next()), [1, Code.ok, "held"]);
    }));

  test("made in one turn leave in one write", () =>
    withScene({}, async ({ peer }) => {
      const count = 100;
      peer.write(Buffer.concat(Array.from({ length: count }, (_, i) => call(i + 1))));
      const [piece] = (await once(peer.socket, "data")) as [Buffer];
      assert.equal(piece.length, count * (piece.readUInt32BE(4) + 12));
    }));

  test("of 600 KB arrive whole, as the request does in whatever pieces", () =>
    withScene({}, async ({ peer }) => {
      const message = Buffer.from(Array.from({ length: 600_000 }, (_, i) => 32 + (i % 90))).toString();
      const frame = call(1, "echo", message);
      for (const [start, end] of [
        [0, 7],
        [7, 100_000],
        [100_000, frame.length],
      ]) {
        peer.write(frame.subarray(start, end));
        await new Promise(setImmediate);
      }
      assert.deepEqual(told(await peer.next()), [1, Code.ok, message]);
    }));
});

describe("a connection ends", () => {
  test("when a frame does not come in time, though its bytes drip", () =>
    withScene({}, async ({ server, peer }) => {
      await settle(peer);
      const frame = call(1);
      for (let i = 0; i < 11; i++) {
        peer.write(frame.subarray(i, i + 1));
        await new Promise(setImmediate);
        server.clock.advance(5000);
      }
      await peer.closed;
      assert.equal(await countOf(server, "frame_timeout"), 1);
    }));

  test("not while frames come whole, however they are cut", () =>
    withScene({}, async ({ server, peer }) => {
      const bytes = Buffer.concat(Array.from({ length: 12 }, (_, i) => call(i)));
      const size = call(0).length;
      for (let i = 0; i < 11; i++) {
        peer.write(bytes.subarray(i * size + (i && 20), (i + 1) * size + 20));
        await peer.next();
        server.clock.advance(5000);
      }
      assert.equal(peer.socket.destroyed, false);
    }));

  test("when it brings no request for long", () =>
    withScene({ keepAliveTimeoutMs: 20 }, async ({ peer }) => {
      await peer.closed;
    }));

  test("when nobody reads its answers for long", () =>
    withScene({ keepAliveTimeoutMs: 20 }, async ({ server, peer }) => {
      peer.socket.pause();
      for (let i = 0; i < 4; i++) peer.write(call(i, "much"));
      while (!((await countOf(server, "answer_timeout")) > 0)) await new Promise(setImmediate);
    }));

  test("when too much of its answers is unread", () =>
    withScene({ maxUnwrittenBytes: 1024 * 1024 }, async ({ server, peer }) => {
      peer.socket.pause();
      peer.write(Buffer.concat([1, 2, 3, 4].map((id) => call(id, "much"))));
      while (!((await countOf(server, "unwritten_bytes")) > 0)) await new Promise(setImmediate);
    }));

  test("when it brings too many frames without a call", () =>
    withScene({ maxEmptyFrames: 2 }, async ({ server, peer }) => {
      const none = frameOf({ correlationId: 5n });
      const unreadable = Buffer.from("PRPC\0\0\0\0\0\0\0\u0001", "latin1");
      peer.write(Buffer.concat([none, unreadable, none, call(6)]));
      const text = "The server does not implement the method //";
      assert.deepEqual(told(await peer.next()), [5, Code.serviceNotFound, text]);
      assert.deepEqual(told(await peer.next()), [5, Code.serviceNotFound, text]);
      assert.equal(await peer.next(), undefined);
      assert.equal(await countOf(server, "empty_frames"), 1);
    }));

  test("after a frame that is too large, when its caller is told and those before are answered", () =>
    withScene({ maxBodySize: 1000 }, async ({ server, peer, answerAll }) => {
      peer.write(Buffer.concat([call(1, "hold"), call(2, "echo", "x".repeat(1000)), call(3)]));
      const [id, code, text] = told(await peer.next()) ?? [];
      assert.deepEqual([id, code], [2, Code.messageTooLarge]);
      assert.match(text ?? "", /^Received message larger than max \(\d+ vs 1000\)$/);
      answerAll();
      assert.deepEqual(told(await peer.next()), [1, Code.ok, "held"]);
      assert.equal(await peer.next(), undefined);
      assert.equal(await countOf(server, "frame_size"), 1);
    }));

  test("when its first request does not prove who it is; those behind it are not looked at", async () => {
    const asked: (string | undefined)[] = [];
    const authenticator = {
      refuse(_scope: string, credential: Secret | undefined): ServeError | undefined {
        asked.push(credential?.reveal());
        return credential?.reveal() === "good"
          ? undefined
          : new ServeError(Code.unauthenticated, "who are you");
      },
    };
    const { service } = scriptedService();
    await using server = await new TestServer([service], {}, { authenticator }).start();
    const request = { serviceName: "test.Echo", methodName: "echo" };
    const signed = (secret: string): Buffer =>
      frameOf({ request, authenticationData: Buffer.from(secret), correlationId: 1n }, "hi");

    const good = await BaiduStdPeer.connect(server.port);
    good.write(Buffer.concat([signed("good"), call(2)]));
    assert.deepEqual(told(await good.next()), [1, Code.ok, "hi"]);
    assert.deepEqual(told(await good.next()), [2, Code.ok, "hi"]);
    good.close();

    const bad = await BaiduStdPeer.connect(server.port);
    bad.write(Buffer.concat([signed("bad"), call(2)]));
    assert.deepEqual(told(await bad.next()), [1, Code.unauthenticated, "who are you"]);
    assert.equal(await bad.next(), undefined);
    assert.deepEqual(asked, ["good", "good", "bad"]);
  });
});

test("more calls at work on one connection than allowed are refused", () =>
  withScene({ maxConcurrentStreams: 2 }, async ({ server, peer, answerAll }) => {
    peer.write(Buffer.concat([call(1, "hold"), call(2, "hold"), call(3)]));
    const text = "3 calls are at work on this connection, the limit is 2";
    assert.deepEqual(told(await peer.next()), [3, Code.resourceExhausted, text]);
    assert.equal(await countOf(server, "calls_per_connection"), 1);
    answerAll();
    await peer.next();
    await peer.next();
    peer.write(call(4));
    assert.deepEqual(told(await peer.next()), [4, Code.ok, "hi"]);
  }));

test("a call whose deadline its caller brings is over by then, one that waits beyond it too", async () => {
  const waits = textService({
    wait: (_text, call) => new Promise((_resolve, reject) => call.onStop(reject)),
  });
  await using server = await new TestServer([waits]).start();
  const peer = await BaiduStdPeer.connect(server.port);
  const request = { serviceName: "test.Echo", methodName: "wait", timeoutMs: 1 };
  peer.write(frameOf({ request, correlationId: 1n }));
  assert.deepEqual(told(await peer.next()), [1, Code.deadlineExceeded, "the deadline of 1 ms has passed"]);
  peer.close();
});

describe("a stopping server", () => {
  test("answers what it has, refuses what comes, and ends the connection then", () =>
    withScene({}, async ({ server, peer, answerAll }) => {
      peer.write(call(1, "hold"));
      await settle(peer);
      server.baiduStd.drain();
      assert.equal(server.baiduStd.isIdle, false);
      peer.write(call(2));
      assert.deepEqual(told(await peer.next()), [2, Code.unavailable, "the server is stopping"]);
      server.clock.advance(500);
      peer.write(call(3));
      assert.deepEqual(told(await peer.next()), [3, Code.unavailable, "the server is stopping"]);
      answerAll();
      assert.deepEqual(told(await peer.next()), [1, Code.ok, "held"]);
      assert.equal(await peer.next(), undefined);
      assert.equal(server.baiduStd.isIdle, true);
    }));

  test("does not wait for connections without a call, nor for half a frame", () =>
    withScene({}, async ({ server, peer }) => {
      await settle(peer);
      peer.write(call(1).subarray(0, 20));
      server.baiduStd.drain();
      server.clock.advance(500);
      await peer.closed;
    }));

  test("counts an answer as at work until its caller has read it", () =>
    withScene({}, async ({ server, peer }) => {
      peer.socket.pause();
      peer.write(Buffer.concat([1, 2, 3].map((id) => call(id, "much"))));
      while (!server.logger.lines.some(({ message }) => message === "call")) await new Promise(setImmediate);
      assert.deepEqual([server.gate.isIdle, server.baiduStd.isIdle], [true, false]);
      peer.socket.resume();
      while (!server.baiduStd.isIdle) await new Promise(setImmediate);
    }));
});

test("a message that a handler cannot encode fails its call, and the next is answered", async () => {
  const broken = textService({ broken: () => 7 as unknown as string, echo: (text) => text });
  await using server = await new TestServer([broken]).start();
  const peer = await BaiduStdPeer.connect(server.port);
  peer.write(Buffer.concat([call(1, "broken"), call(2)]));
  const [id, code, text] = told(await peer.next()) ?? [];
  assert.deepEqual([id, code], [1, Code.internal]);
  assert.match(text ?? "", /^internal error \(request id /);
  assert.deepEqual(told(await peer.next()), [2, Code.ok, "hi"]);
  assert.ok(server.gate.isIdle);
  peer.close();
});
