import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { Code } from "@paddlewheel/core";
import { TestServer, textService } from "../conformance/test-server.js";

const request = "POST /test.Echo/wait HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";

test("requests one behind the other are over when their connection is, also those whose turn had not come", async () => {
  const stopped: Code[] = [];
  const waits = textService({
    wait: (_text, call) =>
      new Promise((_resolve, reject) => {
        call.onStop((reason) => {
          stopped.push(reason.code);
          reject(reason);
        });
      }),
  });
  await using server = await new TestServer([waits]).start();
  const socket = connect({ port: server.port, host: "127.0.0.1" });
  await once(socket, "connect");
  socket.write(request.repeat(20));
  while (!/^paddlewheel_calls_at_work 20$/m.test(await server.metrics.text())) {
    await new Promise(setImmediate);
  }
  socket.destroy();
  while (server.listener.connectionCount > 0) await new Promise(setImmediate);
  assert.deepEqual(stopped, Array<Code>(20).fill(Code.cancelled));
  assert.deepEqual([server.gate.isIdle, server.http.isIdle], [true, true]);
});

test("more requests one behind the other than may be at work on a connection are refused, and end it", async () => {
  const answers: ((text: string) => void)[] = [];
  const waits = textService({ wait: () => new Promise((resolve) => answers.push(resolve)) });
  await using server = await new TestServer([waits], { maxConcurrentStreams: 2 }).start();
  const socket = connect({ port: server.port, host: "127.0.0.1" });
  await once(socket, "connect");
  socket.write(request.repeat(3));
  while (!/^limit_exceeded_total\{limit="calls_per_connection"\} 1$/m.test(await server.metrics.text())) {
    await new Promise(setImmediate);
  }
  while (answers.length < 2) await new Promise(setImmediate);
  for (const answer of answers) answer("done");
  const statuses = [...(await text(socket)).matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  assert.deepEqual(statuses, ["200", "200", "503"]);
});
