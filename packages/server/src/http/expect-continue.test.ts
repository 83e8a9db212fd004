import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, test } from "node:test";
import { TestServer, textService } from "../conformance/test-server.js";
import { untilClosed } from "../testing/until-closed.js";

const goOn = "HTTP/1.1 100 Continue\r\n\r\n";

/** Sends the head of a request that waits to be told to go on, and gives what comes back first. */
async function ask(server: TestServer, head: string): Promise<{ socket: Socket; answer: string }> {
  const socket = connect({ port: server.port, host: "127.0.0.1" });
  await once(socket, "connect");
  socket.write(`${head}\r\nHost: x\r\nExpect: 100-continue\r\n\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  return { socket, answer: String(answer) };
}

describe("a request that waits to be told to go on", () => {
  const service = textService({ echo: (text) => text });

  test("is told so once its call is admitted, and then answered", async () => {
    await using server = await new TestServer([service]).start();
    const { socket, answer } = await ask(server, "POST /test.Echo/echo HTTP/1.1\r\nContent-Length: 2");
    assert.equal(answer, goOn);
    socket.write("hi");
    const [reply] = (await once(socket, "data")) as [Buffer];
    assert.match(String(reply), /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nhi$/s);
    socket.destroy();
  });

  const refused: [what: string, head: string, status: number][] = [
    ["of no method", "POST /test.Echo/nope HTTP/1.1\r\nContent-Length: 2", 404],
    ["of a body over the limit", "POST /test.Echo/echo HTTP/1.1\r\nContent-Length: 1001", 413],
    ["of no time that is one", "POST /test.Echo/echo HTTP/1.1\r\ngrpc-timeout: x\r\nContent-Length: 2", 400],
  ];
  for (const [what, head, status] of refused) {
    test(`is refused at once: ${what}`, async () => {
      await using server = await new TestServer([service], { maxBodySize: 1000 }).start();
      const { socket, answer } = await ask(server, head);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      socket.destroy();
    });
  }

  test("is refused at once while the server is not ready", async () => {
    await using server = new TestServer([service]);
    server.port = (await server.listener.listen(0, "127.0.0.1")).port;
    const { socket, answer } = await ask(server, "POST /test.Echo/echo HTTP/1.1\r\nContent-Length: 2");
    assert.match(answer, /^HTTP\/1\.1 503 /);
    socket.destroy();
  });
});

describe("a request by HTTP/1.0", () => {
  for (const [headers, isKept] of [
    ["", false],
    ["Connection: keep-alive\r\n", true],
  ] as const) {
    test(`${isKept ? "keeps" : "ends"} its connection (${JSON.stringify(headers)})`, async () => {
      await using server = await new TestServer([textService({ echo: (text) => text })]).start();
      const socket = connect({ port: server.port, host: "127.0.0.1" });
      await once(socket, "connect");
      const request = `POST /test.Echo/echo HTTP/1.0\r\n${headers}Content-Length: 2\r\n\r\nhi`;
      socket.write(request);
      const [answer] = (await once(socket, "data")) as [Buffer];
      assert.match(String(answer), /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nhi$/s);
      if (isKept) {
        socket.write(request);
        const [second] = (await once(socket, "data")) as [Buffer];
        assert.match(String(second), /200 OK/);
        socket.destroy();
      } else await untilClosed(socket);
    });
  }
});
