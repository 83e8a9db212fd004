import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp2Server, type ServerHttp2Session } from "node:http2";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, describe, test } from "node:test";
import { ManualClock } from "@paddlewheel/core/testing";
import { Http2Server } from "../driver/http2-server.js";
import { FrameFlag, FrameType } from "../frame/frame-type.js";
import { clientCall } from "../testing/client-call.js";
import { EchoHandler } from "../testing/echo-handler.js";
import { listeningServer } from "../testing/listening-server.js";
import { rawFrame, uint32 } from "../testing/raw-frame.js";
import { settings } from "../testing/test-peer.js";
import { Http2Client, type Http2ClientOptions } from "./http2-client.js";

/** What a test has opened. */
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

function clientOf(port: number, options: Partial<Http2ClientOptions> = {}): Http2Client {
  const client = new Http2Client({ host: "127.0.0.1", port, ...options });
  open.push(client);
  return client;
}

async function listening(server: Server, port = 0): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A server that does with its sockets what a test wants; `port` 0 is any. */
async function rawServer(onSocket: (socket: Socket) => void, port = 0): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return listening(server, port);
}

const bodies = [0, 1, 9, 8191, 8192, 16_384, 65_536, 1_000_000, 5_000_000].map((size) =>
  Buffer.from(Array.from({ length: size }, (_, i) => i % 253)),
);

const goaway = rawFrame({ type: FrameType.goaway, payload: Buffer.concat([uint32(0), uint32(0)]) });
const settled = Buffer.concat([
  rawFrame(settings()),
  rawFrame({ type: FrameType.settings, flags: FrameFlag.ack }),
]);

describe("Http2Client", () => {
  test("calls a server of ours, bodies of every size at once, on one connection", async () => {
    const server = await listeningServer();
    open.push(server);
    const client = clientOf(server.port);
    const answers = await Promise.all(bodies.map((body) => clientCall(client, body)));
    for (const [i, { body, status, trailers }] of answers.entries()) {
      assert.ok(body.equals(bodies[i] ?? Buffer.from("?")));
      assert.equal(status, "200");
      assert.deepEqual(trailers, [{ name: "grpc-status", value: "0" }]);
    }
    assert.equal(server.sockets.length, 1);
    assert.equal(client.connectionCount, 1);
    assert.equal(server.http2.streamCount, 0);
  });

  test("has more calls under way than the server takes streams", async () => {
    const server = await listeningServer({ limits: { maxConcurrentStreams: 2 } });
    open.push(server);
    const client = clientOf(server.port);
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, i) => clientCall(client, Buffer.alloc(i, i))),
    );
    for (const [i, { body }] of answers.entries()) assert.ok(body.equals(Buffer.alloc(i, i)));
  });

  test("calls a server of node:http2", async () => {
    const server = createHttp2Server();
    const sessions: ServerHttp2Session[] = [];
    server.on("session", (session) => sessions.push(session));
    server.on("stream", (stream) => {
      void buffer(stream).then((body) => {
        stream.respond({ ":status": 200 }, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers({ "x-size": String(body.length) }));
        stream.end(body);
      });
    });
    const port = await listening(server);
    const client = clientOf(port);
    const answers = await Promise.all(bodies.map((body) => clientCall(client, body)));
    for (const [i, { body, trailers }] of answers.entries()) {
      assert.ok(body.equals(bodies[i] ?? Buffer.from("?")));
      assert.equal(trailers[0]?.value, String(body.length));
    }
    client.close();
    server.close();
    await Promise.all(sessions.map((session) => session.closed || once(session, "close")));
  });

  test("does not have a server of node:http2 end the connection, however many calls are taken back", async () => {
    const server = createHttp2Server();
    let streams = 0;
    server.on("stream", (stream, headers) => {
      streams++;
      stream.on("error", () => {});
      if (headers["x-last"] === undefined) return;
      stream.respond({ ":status": 200 });
      stream.end();
    });
    const client = clientOf(await listening(server));
    for (let i = 0; i < 3000; i++) {
      await new Promise<void>((resolve) => {
        clientCall(client, Buffer.alloc(0), (stream) => {
          setImmediate(() => {
            stream.reset();
            resolve();
          });
        }).catch(assert.fail);
      });
      if (client.connectionCount !== 1) break;
    }
    assert.equal(client.connectionCount, 1);
    assert.ok(streams > 0);
    client.close();
    server.close();
  });

  test("loses no call as servers leave its connections", async () => {
    let http2 = new Http2Server({ handler: new EchoHandler() });
    let connections = 0;
    const port = await rawServer((socket) => {
      connections++;
      http2.serve(socket);
    });
    const client = clientOf(port);
    for (let i = 1; i <= 5; i++) {
      const calls = Array.from({ length: 20 }, (_, j) => clientCall(client, Buffer.alloc(j * 1000, i)));
      await calls[0];
      http2.shutdown();
      http2 = new Http2Server({ handler: new EchoHandler() });
      const more = Array.from({ length: 20 }, (_, j) => clientCall(client, Buffer.alloc(j, i)));
      for (const call of [...calls, ...more]) assert.equal((await call).status, "200");
      while (client.connectionCount > 0) await new Promise(setImmediate);
      assert.equal(connections, i);
    }
  });

  test("gives a refused call up after three attempts", async () => {
    let attempts = 0;
    const server = await listeningServer({
      handler: {
        onHeaders(stream) {
          attempts++;
          stream.reset(7);
          return undefined;
        },
      },
    });
    open.push(server);
    await assert.rejects(clientCall(clientOf(server.port), Buffer.alloc(9)), {
      message: "server: the server reset the stream: REFUSED_STREAM",
    });
    assert.equal(attempts, 3);
  });

  test("does not send a call again that the server may have begun with", async () => {
    let attempts = 0;
    const port = await rawServer((socket) => {
      attempts++;
      socket.write(settled);
      socket.once("data", () => socket.once("data", () => socket.destroy()));
    });
    await assert.rejects(clientCall(clientOf(port), Buffer.alloc(9)), /^Error: connection: /);
    assert.equal(attempts, 1);
  });

  test("closes what it has opened, and tells those that wait", async () => {
    const server = await listeningServer({ handler: { onHeaders: () => undefined } });
    open.push(server);
    const client = clientOf(server.port);
    const call = clientCall(client, Buffer.alloc(9));
    while (server.http2.streamCount === 0) await new Promise(setImmediate);
    client.close();
    client.close();
    await assert.rejects(call, { message: "close: the client was closed" });
    await assert.rejects(clientCall(client, Buffer.alloc(9)), { message: "close: the client was closed" });
    while (client.connectionCount + server.http2.connectionCount > 0) await new Promise(setImmediate);
  });
});

describe("a server that cannot be called", () => {
  async function refusedPort(): Promise<number> {
    const server = createServer();
    const port = await listening(server);
    server.close();
    await once(server, "close");
    return port;
  }

  test("is tried again behind a backoff that grows, and meanwhile calls fail with the reason", async () => {
    const clock = new ManualClock();
    const port = await refusedPort();
    const client = clientOf(port, { clock, random: () => 0.5 });
    const refused = { message: `connection: connect ECONNREFUSED 127.0.0.1:${port}` };
    for (const backoffMs of [50, 100, 200]) {
      await assert.rejects(clientCall(client, Buffer.alloc(9)), refused);
      clock.advance(backoffMs - 1);
      assert.equal(client.connectionCount, 0);
      await assert.rejects(clientCall(client, Buffer.alloc(9)), refused);
      assert.equal(client.connectionCount, 0);
      clock.advance(1);
    }
    await rawServer((socket) => socket.destroy(), port);
    await assert.rejects(
      clientCall(client, Buffer.alloc(9)),
      /^Error: connection: (the server closed|read ECONNRESET|write)/,
    );
  });

  test("is forgiven once it has answered", async () => {
    const clock = new ManualClock();
    const port = await refusedPort();
    const client = clientOf(port, { clock, random: () => 0.5 });
    await assert.rejects(clientCall(client, Buffer.alloc(9)));
    clock.advance(50);
    let connections = 0;
    const http2 = new Http2Server({ handler: new EchoHandler() });
    await rawServer((socket) => {
      connections++;
      http2.serve(socket);
    }, port);
    for (let i = 1; i <= 3; i++) {
      assert.equal((await clientCall(client, Buffer.from("x"))).body.toString(), "x");
      assert.equal(connections, i);
      http2.close();
      while (client.connectionCount > 0) await new Promise(setImmediate);
    }
  });

  test("fails a call after the time to connect", async () => {
    const clock = new ManualClock();
    const port = await rawServer(() => {});
    const client = clientOf(port, { clock, limits: { connectTimeoutMs: 3000 } });
    const call = clientCall(client, Buffer.alloc(9));
    clock.advance(3000);
    await assert.rejects(call, { message: "connection: no connection within 3000 ms" });
  });

  test("fails a call after the time for SETTINGS", async () => {
    const clock = new ManualClock();
    const connected: Socket[] = [];
    const port = await rawServer((socket) => connected.push(socket));
    const client = clientOf(port, { clock });
    const call = clientCall(client, Buffer.alloc(9));
    while (connected.length === 0) await new Promise(setImmediate);
    await once(connected[0] as Socket, "data");
    clock.advance(12_000);
    await assert.rejects(call, { message: "connection: SETTINGS were not exchanged within 10000 ms" });
    clock.advance(1000);
    while (client.connectionCount > 0) await new Promise(setImmediate);
  });

  test("that only ever goes away is left alone until the backoff is over", async () => {
    let connections = 0;
    const clock = new ManualClock();
    const port = await rawServer((socket) => {
      connections++;
      socket.write(Buffer.concat([settled, goaway]));
    });
    const client = clientOf(port, { clock });
    for (let i = 0; i < 5; i++) {
      await assert.rejects(clientCall(client, Buffer.alloc(9)), {
        message: "connection: the server is going away: NO_ERROR",
      });
    }
    assert.equal(connections, 1);
  });

  test("that sends bytes without sense is left with nothing open", async () => {
    const port = await rawServer((socket) => socket.end("220 smtp.example ESMTP\r\n"));
    const client = clientOf(port);
    await assert.rejects(
      clientCall(client, Buffer.alloc(9)),
      /^Error: connection: it does not speak HTTP\/2: /,
    );
    while (client.connectionCount > 0) await new Promise(setImmediate);
  });
});
