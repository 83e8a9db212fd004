import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { TestServer, textService } from "../conformance/test-server.js";
import { untilClosed } from "../testing/until-closed.js";

const service = textService({
  echo: (text) => text,
  grow: (size) => "x".repeat(Number(size)),
});

async function open({ port }: TestServer): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

function request(method: string, body = "", headers = ""): string {
  const length = `Content-Length: ${body.length}\r\n`;
  return `POST /test.Echo/${method} HTTP/1.1\r\nHost: x\r\n${length}${headers}\r\n${body}`;
}

/** All that the server sends until it closes the connection. */
async function lastWords(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
}

async function counted({ metrics }: TestServer, limit: string): Promise<number> {
  const text = await metrics.text();
  return Number(new RegExp(`^limit_exceeded_total\\{limit="${limit}"\\} (\\d+)`, "m").exec(text)?.[1] ?? 0);
}

test("headers of too many bytes are answered with 431", async () => {
  await using server = await new TestServer([service]).start();
  const socket = await open(server);
  socket.write(request("echo", "", `x: ${"y".repeat(17_000)}\r\n`));
  assert.match(await lastWords(socket), /^HTTP\/1\.1 431 /);
  assert.equal(await counted(server, "header_list"), 1);
});

test("more headers than may be are answered with 431, as many are taken", async () => {
  await using server = await new TestServer([service], { maxHeaderFields: 10 }).start();
  const socket = await open(server);
  socket.write(request("echo", "hi", "x: y\r\n".repeat(8)));
  assert.match(String((await once(socket, "data"))[0]), /^HTTP\/1\.1 200 /);
  socket.write(request("echo", "hi", "x: y\r\n".repeat(9)));
  assert.match(await lastWords(socket), /^HTTP\/1\.1 431 .*connection: close/s);
  assert.equal(await counted(server, "header_list"), 1);
});

test("a URL that is too long is answered with 414", async () => {
  await using server = await new TestServer([service]).start();
  const response = await fetch(`http://127.0.0.1:${server.port}/health?${"x".repeat(2048)}`);
  assert.deepEqual([response.status, await response.text()], [414, "the URL is too long"]);
  assert.equal(await counted(server, "url_length"), 1);
});

test("what is no HTTP is answered with 400", async () => {
  await using server = await new TestServer([service]).start();
  const socket = await open(server);
  socket.write("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
  assert.match(await lastWords(socket), /^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n\r\n$/);
});

test("the last request that a connection may have is answered with Connection: close", async () => {
  await using server = await new TestServer([service], { maxRequestsPerConnection: 2 }).start();
  const socket = await open(server);
  socket.write(request("echo", "hi") + request("echo", "hi"));
  let text = "";
  while (!/hi.*hi/s.test(text)) text += (await once(socket, "data"))[0];
  const [, first = "", last = ""] = text.split("HTTP/1.1 ");
  assert.match(first, /^200 .*Connection: keep-alive/s);
  assert.match(last, /^200 .*Connection: close/s);
  socket.write(request("echo"));
  assert.match(String((await once(socket, "data"))[0]), /^HTTP\/1\.1 503 /);
  assert.equal(await counted(server, "requests_per_connection"), 1);
  socket.destroy();
});

test("answers to a peer that asks for more and more and reads none are not kept", async () => {
  const limits = { maxUnwrittenBytes: 10_000_000 };
  await using server = await new TestServer([service], limits).start();
  const socket = await open(server);
  socket.pause();
  socket.write(request("grow", "6000000").repeat(5));
  while ((await counted(server, "unsent_bytes")) === 0) await new Promise(setImmediate);
  await untilClosed(socket);
});

test("one answer may be larger than all that may wait", async () => {
  await using server = await new TestServer([service], { maxUnwrittenBytes: 1000 }).start();
  const response = await fetch(`http://127.0.0.1:${server.port}/test.Echo/grow`, {
    method: "POST",
    body: "100000",
    headers: { "content-type": "application/proto" },
  });
  assert.equal((await response.text()).length, 100_000);
  assert.equal(await counted(server, "unsent_bytes"), 0);
});

test("an answer that is not read in time ends its connection", async () => {
  await using server = await new TestServer([service], { responseTimeoutMs: 50 }).start();
  const socket = await open(server);
  socket.pause();
  socket.write(request("grow", "30000000"));
  while ((await counted(server, "response_timeout")) === 0) await new Promise(setImmediate);
  socket.destroy();
});

for (const [what, bytes] of [
  ["headers that do not end", "POST /test.Echo/echo HTTP/1.1\r\nHost: x\r\nContent-Le"],
  ["a request line that does not end", "POST /test.Echo/ec"],
] as const) {
  test(`${what} are answered with 408 in time`, async () => {
    await using server = await new TestServer([service], { headersTimeoutMs: 20 }).start();
    const socket = await open(server);
    socket.write(bytes);
    assert.match(await lastWords(socket), /^HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n\r\n$/);
    assert.equal(await counted(server, "request_timeout"), 1);
  });
}

test("a body that comes too slowly ends its connection", async () => {
  await using server = await new TestServer([service], { bodyRateGraceMs: 10 }).start();
  const socket = await open(server);
  socket.write("POST /test.Echo/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc");
  await untilClosed(socket);
  assert.equal(await counted(server, "body_rate"), 1);
  assert.ok(server.gate.isIdle);
});

test("a body of more chunks than it may have is refused", async () => {
  await using server = await new TestServer([service], { maxBodyChunks: 100 }).start();
  const socket = await open(server);
  const head = "POST /test.Echo/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  socket.write(`${head}${"1\r\nx\r\n".repeat(200)}0\r\n\r\n`);
  assert.match(String((await once(socket, "data"))[0]), /^HTTP\/1\.1 413 .*body: more than 100 chunks/s);
  assert.equal(await counted(server, "message_size"), 1);
  socket.destroy();
});
