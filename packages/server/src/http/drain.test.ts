import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { TestServer, textService } from "../conformance/test-server.js";
import { untilClosed } from "../testing/until-closed.js";

const head = "POST /test.Echo/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n";

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(setImmediate);
}

test("a stopping server does not wait for the rest of a body for long", async () => {
  await using server = await new TestServer([textService({ echo: (text) => text })]).start();
  const socket = connect({ port: server.port, host: "127.0.0.1" });
  await once(socket, "connect");
  socket.write(`${head}half`);
  await until(() => !server.gate.isIdle);
  server.http.drain();
  await untilClosed(socket);
  await until(() => server.gate.isIdle);
  const log = server.logger.lines.find(({ message }) => message === "call");
  assert.equal(log?.fields.error, "the body was cut off");
});

test("a stopping server still takes a body that comes at once", async () => {
  await using server = await new TestServer([textService({ echo: (text) => text })]).start();
  const socket = connect({ port: server.port, host: "127.0.0.1" });
  await once(socket, "connect");
  socket.write(`${head}first`);
  await until(() => !server.gate.isIdle);
  server.http.drain();
  socket.write(" half");
  const [answer] = (await once(socket, "data")) as [Buffer];
  assert.match(String(answer), /^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n.*\r\n\r\nfirst half$/s);
  await untilClosed(socket);
});
