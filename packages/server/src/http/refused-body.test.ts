import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { TestServer, textService } from "../conformance/test-server.js";
import { untilClosed } from "../testing/until-closed.js";

const size = 4 * 1024 * 1024;
const service = textService({ echo: (text) => text });

/** Answers when its caller has gone. */
const slow = textService({
  echo: (_text, call) => new Promise((_resolve, reject) => call.onStop(reject)),
});

async function post(server: TestServer, headers: string): Promise<Socket> {
  const socket = connect({ port: server.port, host: "127.0.0.1" });
  await once(socket, "connect");
  socket.write(`POST /test.Echo/echo HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`);
  return socket;
}

test("a body that is refused may still be sent, and the connection goes on", async () => {
  await using server = await new TestServer([service], { maxBodySize: 1000 }).start();
  const socket = await post(server, `Content-Length: ${size}`);
  const [refusal] = (await once(socket, "data")) as [Buffer];
  assert.match(String(refusal), /^HTTP\/1\.1 413 .*Received message larger than max \(4194304 vs 1000\)$/s);
  await new Promise((resolve) => socket.write(Buffer.alloc(size), resolve));
  socket.write("POST /test.Echo/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
  const [answer] = (await once(socket, "data")) as [Buffer];
  assert.match(String(answer), /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nhi$/s);
  socket.destroy();
});

test("a refused body that does not end is cut off after a while", async () => {
  await using server = await new TestServer([service], { maxBodySize: 1000 }).start();
  const socket = await post(server, "Transfer-Encoding: chunked");
  const chunk = `800\r\n${"x".repeat(0x800)}\r\n`;
  socket.write(chunk);
  const [refusal] = (await once(socket, "data")) as [Buffer];
  assert.match(String(refusal), /^HTTP\/1\.1 413 /);
  await untilClosed(socket);
});

test("a body that waits to be asked for is asked for once its call is taken in", async () => {
  await using server = await new TestServer([service]).start();
  const socket = await post(server, "Expect: 100-continue\r\nContent-Length: 2");
  const [asked] = (await once(socket, "data")) as [Buffer];
  assert.equal(String(asked), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.write("hi");
  const [answer] = (await once(socket, "data")) as [Buffer];
  assert.match(String(answer), /^HTTP\/1\.1 200 OK\r\n.*Connection: keep-alive\r\n.*\r\n\r\nhi$/s);
  socket.destroy();
});

for (const [what, headers, limits] of [
  ["its call is one too many", "Content-Length: 600000", { maxConcurrency: 1 }],
  ["it is too large", "Content-Length: 600000", { maxBodySize: 1000 }],
] as const) {
  test(`a body that waits to be asked for is not asked for when ${what}`, async () => {
    await using server = await new TestServer([slow], limits).start();
    const hanging = await post(server, "Content-Length: 0");
    while (server.gate.isIdle) await new Promise(setImmediate);
    const socket = await post(server, `Expect: 100-continue\r\n${headers}`);
    const [refusal] = (await once(socket, "data")) as [Buffer];
    assert.match(String(refusal), /^HTTP\/1\.1 (503|413) .*Connection: close\r\n/s);
    await untilClosed(socket);
    hanging.destroy();
  });
}

test("a call that is one too many is answered before its body comes, and the connection goes on", async () => {
  await using server = await new TestServer([slow], { maxConcurrency: 1 }).start();
  const hanging = await post(server, "Content-Length: 0");
  while (server.gate.isIdle) await new Promise(setImmediate);
  const socket = await post(server, "Content-Length: 600000");
  const [refusal] = (await once(socket, "data")) as [Buffer];
  assert.match(String(refusal), /^HTTP\/1\.1 503 .*2 calls are at work, the limit of max_concurrency is 1$/s);
  hanging.destroy();
  while (!server.gate.isIdle) await new Promise(setImmediate);
  await new Promise((resolve) => socket.write(Buffer.alloc(600_000), resolve));
  socket.write("POST /test.Echo/nope HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  const [answer] = (await once(socket, "data")) as [Buffer];
  assert.match(String(answer), /^HTTP\/1\.1 404 /);
  socket.destroy();
});
