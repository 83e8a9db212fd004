import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ManualClock } from "@paddlewheel/core/testing";
import type { BodyReceiver, ServerStream, StreamHandler } from "../connection/stream-handler.js";
import type { HeaderField } from "../hpack/header-field.js";
import { EchoHandler } from "../testing/echo-handler.js";
import { type ListeningServer, listeningServer } from "../testing/listening-server.js";
import { toFields } from "../testing/test-peer.js";

const headers = toFields([
  [":status", "200"],
  ["content-type", "application/grpc"],
]);
const okTrailers = toFields([["grpc-status", "0"]]);

/** What a gRPC transport does with this package, at its shortest; the message's five bytes of prefix stay where they are. */
class GrpcHandler implements StreamHandler {
  /** Answer the calls of `/test/Held`. */
  readonly held: (() => void)[] = [];
  readonly #echo = new EchoHandler();

  onHeaders(stream: ServerStream, fields: readonly HeaderField[]): BodyReceiver | undefined {
    const path = fields.find(({ name }) => name === ":path")?.value;
    if (path === "/test/Refuse") {
      stream.sendHeaders(
        [
          ...headers,
          ...toFields([
            ["grpc-status", "8"],
            ["grpc-message", "full"],
          ]),
        ],
        true,
      );
      return undefined;
    }
    if (path === "/test/Count") return new CountingCall(stream);
    if (path === "/test/Silent") return undefined;
    const call = this.#echo.onHeaders(stream);
    if (path !== "/test/Held") return call;
    return {
      onData: (piece) => call.onData(piece),
      onEnd: () => this.held.push(() => call.onEnd()),
      onReset: () => {},
    };
  }
}

/** Streams a hundred messages of 100 KB as fast as the client takes them. */
class CountingCall implements BodyReceiver {
  readonly #stream: ServerStream;
  #sent = 0;

  constructor(stream: ServerStream) {
    this.#stream = stream;
  }

  onData(): void {}

  onEnd(): void {
    this.#stream.sendHeaders(headers);
    this.onDrain();
  }

  onDrain(): void {
    while (this.#sent < 100) {
      const message = Buffer.alloc(100_005, this.#sent);
      message.writeUIntBE(100_000, 0, 5);
      this.#sent++;
      if (!this.#stream.sendData(message)) return;
    }
    this.#stream.sendTrailers(okTrailers);
  }

  onReset(): void {}
}

const asIs = (bytes: Buffer): Buffer => bytes;

describe("a client of grpc-js", () => {
  const handler = new GrpcHandler();
  const clock = new ManualClock();
  let server: ListeningServer;
  let client: Client;

  before(async () => {
    const limits = { maxAgeMs: 60_000, keepaliveMs: 0, idleTimeoutMs: 0 };
    server = await listeningServer({ handler, clock, limits });
    client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  });

  after(async () => {
    client.close();
    await server.close();
  });

  function call(method: string, message: Buffer, timeoutMs = 10_000): Promise<Buffer | undefined> {
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + timeoutMs;
      const done = (error: ServiceError | null, answer?: Buffer): void => {
        if (error) reject(error);
        else resolve(answer);
      };
      client.makeUnaryRequest(`/test/${method}`, asIs, asIs, message, new Metadata(), { deadline }, done);
    });
  }

  test("has its unary calls answered, many at a time and of any size", async () => {
    const messages = Array.from({ length: 300 }, (_, i) => Buffer.alloc(i % 50 === 0 ? i * 10_000 : i, i));
    const answers = await Promise.all(messages.map((message) => call("Echo", message)));
    for (const [i, answer] of answers.entries()) assert.ok(answer?.equals(messages[i] ?? Buffer.from("?")));
    assert.equal(server.http2.streamCount, 0);
  });

  test("sees a call refused on its headers, whatever it still wanted to send", async () => {
    await assert.rejects(call("Refuse", Buffer.alloc(3_000_000)), {
      code: status.RESOURCE_EXHAUSTED,
      details: "full",
    });
  });

  test("cancels a call at its deadline and goes on", async () => {
    await assert.rejects(call("Silent", Buffer.alloc(1), 50), { code: status.DEADLINE_EXCEEDED });
    assert.equal((await call("Echo", Buffer.from("still here")))?.toString(), "still here");
    assert.equal(server.http2.connectionCount, 1);
  });

  test("reads a stream at its own pace", async () => {
    const stream = client.makeServerStreamRequest("/test/Count", asIs, asIs, Buffer.alloc(0));
    let count = 0;
    for await (const message of stream) {
      assert.equal((message as Buffer).length, 100_000);
      assert.equal((message as Buffer)[0], count++);
      await new Promise(setImmediate);
    }
    assert.equal(count, 100);
  });

  test("opens another connection when its own is old, and loses no call under way", async () => {
    const count = server.sockets.length;
    const answers = Array.from({ length: 50 }, () => call("Held", Buffer.from("held")));
    while (server.http2.streamCount < 50) await new Promise(setImmediate);
    clock.advance(70_000);
    assert.equal((await call("Echo", Buffer.from("new")))?.toString(), "new");
    assert.equal(server.sockets.length, count + 1);
    for (const release of handler.held) release();
    assert.deepEqual(
      (await Promise.all(answers)).map((answer) => answer?.toString()),
      Array(50).fill("held"),
    );
  });
});
