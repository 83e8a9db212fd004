import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { TestServer, textService } from "../conformance/test-server.js";
import { untilClosed } from "../testing/until-closed.js";

const service = textService({ echo: (text) => text });

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return socket;
}

/** Sends bytes one by one, each after the loop has turned, and gives the first that comes back. */
async function drip(socket: Socket, bytes: Buffer): Promise<Buffer> {
  const answer = once(socket, "data");
  for (const byte of bytes) {
    await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
    await new Promise(setImmediate);
  }
  const [data] = (await answer) as [Buffer];
  return data;
}

test("an HTTP request that comes byte by byte is answered", async () => {
  await using server = await new TestServer([service]).start();
  const socket = await open(server.port);
  const request = "POST /test.Echo/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";
  assert.match(String(await drip(socket, Buffer.from(request))), /^HTTP\/1\.1 200 OK\r\n/);
  socket.destroy();
});

test("an HTTP/2 preface that comes byte by byte is answered with settings", async () => {
  await using server = await new TestServer([service]).start();
  const socket = await open(server.port);
  const emptySettings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  const preface = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), emptySettings]);
  const answer = await drip(socket, preface);
  assert.equal(answer[3], 4, "the first frame is SETTINGS");
  socket.destroy();
});

for (const bytes of ["P", "PR", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r"]) {
  test(`a connection that falls silent after ${JSON.stringify(bytes)} holds nobody up`, async () => {
    await using server = await new TestServer([service]).start();
    const silent = await open(server.port);
    silent.write(bytes);
    const other = await open(server.port);
    const request = "POST /test.Echo/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    assert.match(String(await drip(other, Buffer.from(request))), /^HTTP\/1\.1 200 OK\r\n/);
    silent.destroy();
    other.destroy();
  });
}

test("a connection that falls silent before its protocol is known is closed in time", async () => {
  await using server = await new TestServer([service], { firstByteTimeoutMs: 20 }).start();
  const silent = await open(server.port);
  silent.write("P");
  await untilClosed(silent);
  assert.match(await server.metrics.text(), /limit_exceeded_total\{limit="first_byte_timeout"\} 1/);
});

test("shows what is open, with the protocol once it is known", async () => {
  await using server = await new TestServer([service]).start();
  const { listener } = server;
  const known = await open(server.port);
  await drip(known, Buffer.from("POST /test.Echo/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"));
  const silent = await open(server.port);
  while (listener.connectionCount < 2) await new Promise(setImmediate);
  const shown = [...listener.connections()].map(({ socket, protocol }) => [socket.remotePort, protocol]);
  assert.deepEqual(shown, [
    [known.localPort, "http1"],
    [silent.localPort, undefined],
  ]);
  known.destroy();
  silent.destroy();
  while (listener.connectionCount > 0) await new Promise(setImmediate);
  assert.deepEqual([...listener.connections()], []);
});

test("connections beyond those that may be open are closed at once, and the next has room", async () => {
  await using server = await new TestServer([service], { maxConnections: 2 }).start();
  const first = await open(server.port);
  const second = await open(server.port);
  const third = await open(server.port);
  await untilClosed(third);
  assert.match(await server.metrics.text(), /limit_exceeded_total\{limit="max_connections"\} 1/);
  first.destroy();
  while (server.listener.connectionCount > 1) await new Promise(setImmediate);
  const fourth = await open(server.port);
  const request = "POST /test.Echo/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
  assert.match(String(await drip(fourth, Buffer.from(request))), /^HTTP\/1\.1 200 OK\r\n/);
  second.destroy();
  fourth.destroy();
});
