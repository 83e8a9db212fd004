import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { connect as connectHttp2, type SecureClientSessionOptions } from "node:http2";
import { Agent, request } from "node:https";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { credentials, makeGenericClientConstructor } from "@grpc/grpc-js";
import { frameOf } from "../conformance/baidu-std/peer.js";
import { TestServer, textService } from "../conformance/test-server.js";
import type { ServerLimits } from "../limits.js";
import { type IssuedCertificate, TestAuthority } from "../testing/test-authority.js";
import { untilClosed } from "../testing/until-closed.js";
import type { TlsOptions } from "./tls-options.js";

const service = textService({
  echo: (message) => message,
  who: (_message, { client }) => `${client?.subject} ${client?.altNames}`,
  large: () => "x".repeat(8_000_000),
});
const http1Request = "POST /test.Echo/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";

let authority: TestAuthority;
let pair: IssuedCertificate;
let ca: Buffer;
before(() => {
  authority = new TestAuthority();
  pair = authority.issue({ name: "server" });
  ca = readFileSync(authority.caFile);
});
after(() => authority[Symbol.dispose]());

function startServer(
  tls: Partial<TlsOptions> = {},
  limits: Partial<ServerLimits> = {},
  grpc: "native" | "grpc-js" = "native",
): Promise<TestServer> {
  return new TestServer([service], limits, { grpc, tls: { ...pair, ...tls } }).start();
}

/** A connection after its handshake. @throws when that fails. */
async function openTls(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connectTls({ port, host: "127.0.0.1", ca, ...options });
  await once(socket, "secureConnect");
  return socket;
}

async function openPlain(port: number, bytes: string | Buffer): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(bytes);
  return socket;
}

/** The certificate as a client of TLS has it. */
function clientPair({ certFile, keyFile }: IssuedCertificate): ConnectionOptions {
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

/** The answer to a request by HTTP/1.1; undefined when there is none. In TLS 1.3 the client knows of a refusal only then. */
async function ask(port: number, options: ConnectionOptions = {}): Promise<string | undefined> {
  try {
    const socket = await openTls(port, options);
    socket.write(http1Request.replace("\r\n", "\r\nConnection: close\r\n"));
    return await text(socket);
  } catch {
    return undefined;
  }
}

async function untilMetric(server: TestServer, line: string): Promise<void> {
  while (!(await server.metrics.text()).includes(`${line}\n`)) await new Promise(setImmediate);
}

describe("a server that speaks TLS", () => {
  test("answers HTTP/1.1, on a connection that is used again", async () => {
    await using server = await startServer();
    const agent = new Agent({ ca, keepAlive: true, maxSockets: 1 });
    for (const size of [0, 10, 300_000]) {
      const body = "a".repeat(size);
      const sent = request({
        agent,
        port: server.port,
        host: "127.0.0.1",
        method: "POST",
        path: "/test.Echo/echo",
      });
      sent.end(body);
      const [response] = await once(sent, "response");
      assert.equal(await text(response), body);
    }
    assert.equal(server.listener.connectionCount, 1);
    assert.deepEqual(
      [...server.listener.connections()].map(({ protocol }) => protocol),
      ["http1"],
    );
    agent.destroy();
    assert.match(await server.metrics.text(), /paddlewheel_tls_handshakes_total\{outcome="done"\} 1\n/);
  });

  for (const minVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    test(`answers HTTP/2, bodies of every size at once, over ${minVersion}`, async () => {
      await using server = await startServer();
      const options: SecureClientSessionOptions = { ca, minVersion, maxVersion: minVersion };
      const session = connectHttp2(`https://127.0.0.1:${server.port}`, options);
      const sizes = [0, 1, 16_384, 65_536, 1_000_000, 5_000_000];
      const bodies = sizes.map((size) => Buffer.from(Array.from({ length: size }, (_, i) => 32 + (i % 90))));
      const answers = await Promise.all(
        bodies.map((body) => {
          const stream = session.request({ ":method": "POST", ":path": "/test.Echo/echo" });
          stream.end(body);
          return buffer(stream);
        }),
      );
      for (const [i, answer] of answers.entries()) assert.ok(answer.equals(bodies[i] ?? Buffer.from("?")));
      session.close();
      await once(session, "close");
      while (server.listener.connectionCount > 0) await new Promise(setImmediate);
    });
  }

  for (const grpc of ["native", "grpc-js"] as const) {
    test(`answers gRPC (${grpc})`, async () => {
      await using server = await startServer({}, {}, grpc);
      const Client = makeGenericClientConstructor({}, "raw");
      const client = new Client(`localhost:${server.port}`, credentials.createSsl(ca));
      const asIs = (bytes: Buffer): Buffer => bytes;
      const answer = await new Promise((resolve, reject) => {
        client.makeUnaryRequest("/test.Echo/echo", asIs, asIs, Buffer.from("hi"), (error, reply) =>
          error ? reject(error) : resolve(reply?.toString()),
        );
      });
      assert.equal(answer, "hi");
      client.close();
    });
  }

  test("goes by the first bytes where the client names no protocol, as brpc's do", async () => {
    await using server = await startServer();
    const http1 = await openTls(server.port);
    http1.write(http1Request);
    assert.match(String((await once(http1, "data"))[0]), /^HTTP\/1\.1 200 OK\r\n/);
    const http2 = await openTls(server.port);
    http2.write(
      Buffer.concat([
        Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
      ]),
    );
    assert.equal((await once(http2, "data"))[0][3], 4, "the first frame is SETTINGS");
    const brpc = await openTls(server.port);
    brpc.write(frameOf({ request: { serviceName: "test.Echo", methodName: "echo" } }, "hi"));
    assert.match(String((await once(brpc, "data"))[0]), /^PRPC.*hi$/s);
    for (const socket of [http1, http2, brpc]) socket.destroy();
  });

  test("closes a connection that speaks another protocol than was agreed on", async () => {
    await using server = await startServer();
    const socket = await openTls(server.port, { ALPNProtocols: ["h2"] });
    assert.equal(socket.alpnProtocol, "h2");
    socket.write(http1Request);
    assert.equal(await text(socket), "");
  });

  test("refuses what is not TLS, and says so to who came by http://", async () => {
    await using server = await startServer();
    const answer = await text(await openPlain(server.port, http1Request));
    assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
    assert.match(answer, /\r\n\r\nthis port speaks TLS only: use https:\/\/\n$/);
    assert.equal(await text(await openPlain(server.port, "PRPC\0\0\0\0\0\0\0\0")), "");
    await untilMetric(server, 'limit_exceeded_total{limit="plain_connection"} 2');
  });

  test("takes both on one port when TLS is optional", async () => {
    await using server = await startServer({ isOptional: true });
    const plain = await openPlain(server.port, http1Request);
    assert.match(String((await once(plain, "data"))[0]), /^HTTP\/1\.1 200 OK\r\n/);
    plain.destroy();
    assert.match((await ask(server.port)) ?? "", /^HTTP\/1\.1 200 OK\r\n/);
  });

  test("refuses versions below the least", async () => {
    await using server = await startServer({ minVersion: "1.3" });
    await assert.rejects(openTls(server.port, { maxVersion: "TLSv1.2" }));
    assert.ok(await ask(server.port));
  });
});

describe("a handshake", () => {
  for (const [what, bytes] of [
    ["is nonsense", Buffer.from([0x16, 3, 1, 0, 4, 9, 9, 9, 9])],
    ["is of another kind", Buffer.from([0x16, 0x16, 0x16, 0x16, 0x16, 0x16, 0x16])],
  ] as const) {
    test(`that ${what} ends its connection, and no other`, async () => {
      await using server = await startServer();
      const socket = await openPlain(server.port, bytes);
      await untilClosed(socket);
      await untilMetric(server, 'paddlewheel_tls_handshakes_total{outcome="failed"} 1');
      assert.ok(await ask(server.port));
    });
  }

  test("that stops half-way is cut off in time, also when it goes on byte by byte", async () => {
    await using server = await startServer({}, { handshakeTimeoutMs: 100 });
    const start = Buffer.from([0x16, 3, 1, 1, 0, 1, 0, 0, 0xfc, 3, 3]);
    const silent = await openPlain(server.port, start);
    const slow = await openPlain(server.port, start);
    const drip = setInterval(() => slow.write(Buffer.of(0)), 10);
    try {
      await Promise.all([untilClosed(silent), untilClosed(slow)]);
    } finally {
      clearInterval(drip);
    }
    await untilMetric(server, 'limit_exceeded_total{limit="handshake_timeout"} 2');
  });

  test("that is done has as long for its first bytes as any connection", async () => {
    await using server = await startServer({}, { firstByteTimeoutMs: 20 });
    const socket = await openTls(server.port);
    await untilClosed(socket);
    await untilMetric(server, 'limit_exceeded_total{limit="first_byte_timeout"} 1');
  });

  test("counts among the connections, and ends with them", async () => {
    await using server = await startServer({}, { maxConnections: 1 });
    const half = await openPlain(server.port, Buffer.from([0x16, 3, 1]));
    while (server.listener.connectionCount < 1) await new Promise(setImmediate);
    assert.equal(await ask(server.port), undefined);
    await untilMetric(server, 'limit_exceeded_total{limit="max_connections"} 1');
    server.listener.destroyConnections();
    await untilClosed(half);
    while (server.listener.connectionCount > 0) await new Promise(setImmediate);
    assert.ok(await ask(server.port));
  });

  test("may be broken off at any byte by its peer", async () => {
    await using server = await startServer();
    const hello = await clientHello();
    for (let length = 1; length < hello.length; length += 16) {
      (await openPlain(server.port, hello.subarray(0, length))).destroy();
      (await openPlain(server.port, hello.subarray(0, length))).resetAndDestroy();
    }
    while (server.listener.connectionCount > 0) await new Promise(setImmediate);
    assert.ok(await ask(server.port));
  });
});

/** The first bytes of a client of Node. */
async function clientHello(): Promise<Buffer> {
  const listening = createServer().listen(0, "127.0.0.1");
  await once(listening, "listening");
  const { port } = listening.address() as AddressInfo;
  const accepted = once(listening, "connection");
  const client = connectTls({ port, host: "127.0.0.1" }).on("error", () => {});
  const [socket] = (await accepted) as [Socket];
  const [hello] = (await once(socket, "data")) as [Buffer];
  client.destroy();
  listening.close();
  return hello;
}

describe("a server that asks for certificates", () => {
  test("refuses clients without one, and with one of somebody else", async () => {
    using others = new TestAuthority();
    await using server = await startServer({ caFile: authority.caFile });
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const options = { minVersion: version, maxVersion: version };
      assert.match(
        (await ask(server.port, { ...clientPair(authority.issue({ name: "me" })), ...options })) ?? "",
        / 200 OK/,
      );
      assert.equal((await ask(server.port, options)) || undefined, undefined);
      assert.equal(
        (await ask(server.port, { ...clientPair(others.issue({ name: "me" })), ...options })) || undefined,
        undefined,
      );
    }
    await untilMetric(server, 'paddlewheel_tls_handshakes_total{outcome="failed"} 4');
    assert.ok(
      server.logger.lines.some(
        ({ fields }) =>
          fields.reason === "SELF_SIGNED_CERT_IN_CHAIN" ||
          fields.reason === "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      ),
    );
  });

  test("takes clients without one where it only may be shown, and still none that is not good", async () => {
    using others = new TestAuthority();
    await using server = await startServer({ caFile: authority.caFile, clientAuth: "request" });
    assert.ok(await ask(server.port));
    assert.ok(await ask(server.port, clientPair(authority.issue({ name: "me" }))));
    assert.equal((await ask(server.port, clientPair(others.issue({ name: "me" })))) || undefined, undefined);
  });
});

describe("a call of a client that showed a certificate", () => {
  const whoRequest = http1Request.replace("echo", "who").replace("\r\n", "\r\nConnection: close\r\n");
  const whoOverHttp1 = async (port: number, options: ConnectionOptions): Promise<string> => {
    const socket = await openTls(port, options);
    socket.write(whoRequest);
    return (await text(socket)).split("\r\n\r\n")[1] ?? "";
  };

  test("knows who it is, over every protocol, and its log line says so", async () => {
    await using server = await startServer({ caFile: authority.caFile });
    const identity = clientPair(authority.issue({ name: "me", altNames: "URI:spiffe://tests/me" }));
    const expected = "O=Tests, CN=me URI:spiffe://tests/me";
    assert.equal(await whoOverHttp1(server.port, identity), expected);
    const session = connectHttp2(`https://127.0.0.1:${server.port}`, { ca, ...identity });
    for (const type of ["application/json", "application/grpc"]) {
      const stream = session.request({ ":method": "POST", ":path": "/test.Echo/who", "content-type": type });
      stream.end(Buffer.alloc(5));
      assert.ok((await text(stream)).endsWith(expected), type);
    }
    session.close();
    const lines = server.logger.lines.filter(({ message }) => message === "call");
    assert.deepEqual(
      lines.map(({ fields }) => fields.client),
      Array(3).fill("O=Tests, CN=me"),
    );
  });

  test("is told from one of nobody, also when a session without a certificate is resumed", async () => {
    await using server = await startServer({ caFile: authority.caFile, clientAuth: "request" });
    const first = connectTls({ port: server.port, host: "127.0.0.1", ca });
    const [session] = (await once(first, "session")) as [Buffer];
    first.destroy();
    const resumed = await openTls(server.port, { session });
    assert.ok(resumed.isSessionReused());
    resumed.write(whoRequest);
    assert.ok((await text(resumed)).endsWith("undefined undefined"));
  });

  test("is refused with a session of before when the authority is another", async () => {
    using others = new TestAuthority();
    const caFile = `${authority.folder}/clients.crt`;
    copyFileSync(authority.caFile, caFile);
    await using server = await startServer({ caFile });
    const identity = clientPair(authority.issue({ name: "me" }));
    const first = connectTls({ port: server.port, host: "127.0.0.1", ca, ...identity });
    const [session] = (await once(first, "session")) as [Buffer];
    first.destroy();
    assert.match(await whoOverHttp1(server.port, { ...identity, session }), /CN=me/);
    copyFileSync(others.caFile, caFile);
    server.clock.advance(2000);
    while (!server.logger.lines.some(({ message }) => message === "the certificate was read again")) {
      await new Promise(setImmediate);
    }
    assert.equal((await ask(server.port, { ...identity, session })) || undefined, undefined);
  });
});

describe("a new certificate", () => {
  test("is used for new connections, and a bad one is not", async () => {
    const files = { certFile: `${authority.folder}/live.crt`, keyFile: `${authority.folder}/live.key` };
    const put = (issued: IssuedCertificate): void => {
      copyFileSync(issued.certFile, files.certFile);
      copyFileSync(issued.keyFile, files.keyFile);
    };
    put(pair);
    await using server = await startServer(files);
    const nameOf = async (): Promise<string> => {
      const socket = await openTls(server.port);
      const { CN } = socket.getPeerCertificate().subject;
      socket.destroy();
      return String(CN);
    };
    const logged = async (message: string): Promise<void> => {
      server.clock.advance(2000);
      while (!server.logger.lines.some((line) => line.message.startsWith(message))) {
        await new Promise(setImmediate);
      }
      server.logger.lines.length = 0;
    };
    const before = await openTls(server.port);
    assert.equal(await nameOf(), "server");
    put(authority.issue({ name: "renewed", days: 3 }));
    await logged("the certificate expires in 2 days");
    assert.equal(await nameOf(), "renewed");
    writeFileSync(files.keyFile, readFileSync(pair.keyFile));
    await logged("the certificate stays as it was");
    assert.equal(await nameOf(), "renewed");
    before.write(http1Request);
    assert.match(String((await once(before, "data"))[0]), / 200 OK/);
    before.destroy();
  });
});

test("a server that stops waits for answers that are still on their way inside TLS", async () => {
  await using server = await startServer();
  const socket = await openTls(server.port);
  socket.pause();
  socket.write(http1Request.replace("echo", "large").replace("\r\n", "\r\nConnection: close\r\n"));
  while (server.http.isIdle) await new Promise(setImmediate);
  assert.equal(await server.listener.drain(server.gate, 600), false);
  const answer = text(socket);
  assert.equal(await server.listener.drain(server.gate, 10_000), true);
  server.listener.destroyConnections();
  assert.ok((await answer).length > 8_000_000);
});
