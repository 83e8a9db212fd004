import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { TestServer, textService } from "../conformance/test-server.js";

const size = 4 * 1024 * 1024;
const service = textService({ echo: (text) => text });

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
  await once(socket, "close");
});
