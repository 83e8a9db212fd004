import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { TestServer, textService } from "./test-server.js";

/** More than the buffers of a connection hold. */
const answer = "x".repeat(16 * 1024 * 1024);
const service = textService({ much: () => answer });

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(setImmediate);
}

test("an answer counts as at work until its caller has read it (http)", async () => {
  await using server = await new TestServer([service]).start();
  const socket = connect({ port: server.port, host: "127.0.0.1" }).pause();
  const head = "POST /test.Echo/much HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  socket.write(head);
  await until(() => server.logger.lines.some(({ message }) => message === "call"));
  assert.deepEqual([server.gate.isIdle, server.http.isIdle], [true, false]);
  assert.ok((await text(socket)).endsWith(answer));
  await until(() => server.http.isIdle);
});

test("an answer that is being packed is at work too (http)", async () => {
  await using server = await new TestServer([service]).start();
  const headers = { "accept-encoding": "gzip" };
  const url = `http://127.0.0.1:${server.port}/test.Echo/much`;
  const reply = fetch(url, { method: "POST", body: "", headers });
  await until(() => server.logger.lines.some(({ message }) => message === "call"));
  assert.deepEqual([server.gate.isIdle, server.http.isIdle], [true, false]);
  assert.equal(await (await reply).text(), answer);
  await until(() => server.http.isIdle);
});

test("an answer counts as at work until its caller has read it (grpc)", async () => {
  await using server = await new TestServer([service]).start();
  const session = connectHttp2(`http://127.0.0.1:${server.port}`);
  const headers = { ":method": "POST", ":path": "/test.Echo/much", "content-type": "application/grpc" };
  const stream = session.request({ ...headers, te: "trailers" }).pause();
  stream.end(Buffer.alloc(5));
  await until(() => server.logger.lines.some(({ message }) => message === "call"));
  assert.deepEqual([server.gate.isIdle, server.grpc.isIdle], [true, false]);
  const trailers = once(stream, "trailers");
  assert.ok((await text(stream)).endsWith(answer));
  assert.equal((await trailers)[0]["grpc-status"], "0");
  await until(() => server.grpc.isIdle);
  session.close();
});
