import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from "node:http2";
import { type AddressInfo, connect, createServer } from "node:net";
import { buffer } from "node:stream/consumers";
import { describe, test } from "node:test";
import { ManualClock } from "@paddlewheel/core/testing";
import { connectionPreface } from "../frame/frame-type.js";
import { EchoHandler } from "../testing/echo-handler.js";
import { type ListeningServer, listeningServer } from "../testing/listening-server.js";
import { rawFrame } from "../testing/raw-frame.js";
import { ping, settings } from "../testing/test-peer.js";
import { Http2Server } from "./http2-server.js";

async function withServer(
  options: Parameters<typeof listeningServer>[0],
  body: (server: ListeningServer) => Promise<void>,
): Promise<void> {
  const server = await listeningServer(options);
  try {
    await body(server);
  } finally {
    await server.close();
  }
}

function openSession(server: ListeningServer): ClientHttp2Session {
  const session = connectHttp2(`http://127.0.0.1:${server.port}`);
  session.on("error", () => {});
  return session;
}

function openRequest(session: ClientHttp2Session): ClientHttp2Stream {
  const stream = session.request({ ":method": "POST", ":path": "/service/Method", te: "trailers" });
  stream.on("error", () => {});
  return stream;
}

async function echo(session: ClientHttp2Session, body: Uint8Array): Promise<Buffer> {
  const stream = openRequest(session);
  stream.end(body);
  const trailers = once(stream, "trailers");
  const answer = await buffer(stream);
  assert.equal((await trailers)[0]["grpc-status"], "0");
  return answer;
}

describe("Http2Server", () => {
  for (const sharesReadBuffer of [false, true]) {
    describe(sharesReadBuffer ? "with one read buffer" : "by the public API", () => {
      test("answers a client of node:http2, bodies of every size at once", async () => {
        await withServer({ sharesReadBuffer }, async (server) => {
          const session = openSession(server);
          const sizes = [0, 1, 9, 8191, 8192, 16_384, 65_536, 1_000_000, 5_000_000];
          const bodies = sizes.map((size) => Buffer.from(Array.from({ length: size }, (_, i) => i % 253)));
          const answers = await Promise.all(bodies.map((body) => echo(session, body)));
          for (const [i, answer] of answers.entries())
            assert.ok(answer.equals(bodies[i] ?? Buffer.from("?")));
          assert.equal(server.http2.streamCount, 0);
          session.close();
          await once(session, "close");
        });
      });

      test("takes bytes that were read before and those that wait in the socket", async () => {
        const http2 = new Http2Server({ handler: new EchoHandler(), sharesReadBuffer });
        const server = createServer((socket) => {
          const onReadable = (): void => {
            const first: Buffer | null = socket.read(7);
            if (first === null) return;
            socket.off("readable", onReadable);
            http2.serve(socket, first);
          };
          socket.on("readable", onReadable);
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
        const body = Buffer.alloc(300_000, "abc");
        assert.ok((await echo(session, body)).equals(body));
        session.close();
        server.close();
        await once(server, "close");
      });
    });
  }

  test("lets calls under way end when it shuts down, and closes the connection", async () => {
    const clock = new ManualClock();
    const pending: (() => void)[] = [];
    const handler = {
      onHeaders: (stream: Parameters<EchoHandler["onHeaders"]>[0]): undefined => {
        pending.push(() => stream.sendHeaders([{ name: ":status", value: "204" }], true));
      },
    };
    await withServer({ clock, handler }, async (server) => {
      const session = openSession(server);
      const stream = openRequest(session);
      stream.end();
      while (pending.length === 0) await new Promise(setImmediate);
      server.http2.shutdown();
      await once(session, "goaway");
      pending[0]?.();
      const [headers] = await once(stream, "response");
      assert.equal(headers[":status"], 204);
      for (let second = 0; second < 4; second++) clock.advance(1000);
      await once(session, "close");
      while (server.http2.connectionCount > 0) await new Promise(setImmediate);
    });
  });

  test("answers what comes on a connection it was given late, and closes it", async () => {
    await withServer({}, async (server) => {
      server.http2.shutdown();
      const session = openSession(server);
      assert.equal((await echo(session, Buffer.from("late"))).toString(), "late");
      await once(session, "close");
    });
  });

  test("counts the requests of a connection", async () => {
    await withServer({}, async (server) => {
      const session = openSession(server);
      await echo(session, Buffer.from("one"));
      const open = openRequest(session);
      while (server.http2.streamCount === 0) await new Promise(setImmediate);
      const [socket] = server.sockets;
      assert.ok(socket);
      assert.deepEqual(server.http2.requestsOn(socket), { total: 2, open: 1 });
      open.close();
      session.destroy();
      while (server.http2.connectionCount > 0) await new Promise(setImmediate);
      assert.equal(server.http2.requestsOn(socket), undefined);
    });
  });

  test("resets what is open when it closes", async () => {
    const handler = { onHeaders: (): undefined => undefined };
    await withServer({ handler }, async (server) => {
      const session = openSession(server);
      const stream = openRequest(session);
      stream.end();
      while (server.http2.streamCount === 0) await new Promise(setImmediate);
      server.http2.close();
      assert.equal(server.http2.streamCount, 0);
      await Promise.all([once(stream, "close"), once(session, "close")]);
    });
  });

  test("destroys the socket of a peer that broke a rule and does not go", async () => {
    const clock = new ManualClock();
    await withServer({ clock }, async (server) => {
      const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
      socket.on("error", () => {});
      socket.write("GET / HTTP/1.1\r\n\r\n");
      const answer = await buffer(socket);
      // SETTINGS, WINDOW_UPDATE and the GOAWAY that says why; the peer keeps its side open.
      assert.ok(answer.includes("this is not the preface of HTTP/2"));
      assert.equal(server.http2.connectionCount, 1);
      clock.advance(1000);
      while (server.http2.connectionCount > 0) await new Promise(setImmediate);
      socket.destroy();
    });
  });

  test("destroys a silent connection after its time, by one timer for all", async () => {
    const clock = new ManualClock();
    const limits: string[] = [];
    await withServer({ clock, onLimit: (name) => limits.push(name) }, async (server) => {
      const sockets = [1, 2, 3].map(() => connect(server.port, "127.0.0.1"));
      while (server.http2.connectionCount < 3) await new Promise(setImmediate);
      assert.equal(clock.timerCount, 1);
      clock.advance(11_000);
      assert.deepEqual(limits, Array(3).fill("settings_timeout"));
      clock.advance(1000);
      while (server.http2.connectionCount > 0) await new Promise(setImmediate);
      clock.advance(1000);
      assert.equal(clock.timerCount, 0);
      for (const socket of sockets) socket.destroy();
    });
  });

  test("stops reading from a peer that does not read, and goes on when it does", async () => {
    const errors: unknown[] = [];
    const limits = { socketBufferSize: 1000, maxIdleFrames: 10_000_000 };
    await withServer({ limits, onPeerError: (error) => errors.push(error) }, async (server) => {
      const socket = connect(server.port, "127.0.0.1");
      socket.pause();
      socket.write(Buffer.concat([connectionPreface, rawFrame(settings())]));
      const pings = Buffer.concat(Array(1000).fill(rawFrame(ping())));
      let sent = 0;
      while (!server.sockets[0]?.isPaused()) {
        socket.write(pings);
        sent += pings.length;
        await new Promise(setImmediate);
      }
      let received = 0;
      socket.on("data", (chunk) => {
        received += chunk.length;
      });
      socket.resume();
      while (received < sent) await once(socket, "data");
      assert.deepEqual(errors, []);
      socket.destroy();
    });
  });

  test("forgets a connection whose socket breaks", async () => {
    const events: string[] = [];
    const handler = {
      onHeaders: () => ({
        onData: (): void => {},
        onEnd: (): void => {},
        onReset: (code: number) => events.push(`reset ${code}`),
      }),
    };
    await withServer({ handler }, async (server) => {
      const session = openSession(server);
      openRequest(session);
      while (server.http2.streamCount === 0) await new Promise(setImmediate);
      session.destroy();
      while (server.http2.connectionCount > 0) await new Promise(setImmediate);
      assert.deepEqual(events, ["reset 8"]);
    });
  });

  test("refuses limits out of range", () => {
    assert.throws(() => new Http2Server({ handler: new EchoHandler(), limits: { maxFrameSize: 1 } }), {
      message: "maxFrameSize is 1, it must be a whole number from 16384 to 16777215",
    });
  });
});
