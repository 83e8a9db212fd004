import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { baiduStdClient, grpcClient, httpClient } from "./test-clients.js";
import { TestServer, textService } from "./test-server.js";

const service = textService({
  refuse: (text) => {
    throw new ServeError(Code.invalidArgument, `tensor "${text}": no such feed`);
  },
  fail: (text) => {
    throw new ServeError(Code.opFailure, text);
  },
});

const names = {
  "line ends and colours": "x\r\n\u001b[31m",
  "ten thousand letters": "n".repeat(10_000),
  "pairs of surrogates that a cut would halve": `a${"🎛".repeat(1000)}`,
  "the other way round": "🎛".repeat(1000),
};

for (const [what, name] of Object.entries(names)) {
  for (const method of ["refuse", "fail"]) {
    test(`a text with ${what} is the same over HTTP, gRPC and baidu_std (${method})`, async () => {
      await using server = await new TestServer([service]).start();
      const clients = [httpClient(server.port), grpcClient(server.port), baiduStdClient(server.port)];
      const headers = { "x-request-id": "same" };
      const [http, grpc, baiduStd] = await Promise.all(
        clients.map((client) => client.call({ method, body: name, headers })),
      );
      for (const client of clients) client.close();
      assert.deepEqual(http, grpc);
      assert.deepEqual(http, baiduStd);
      assert.ok(http && http.text.length <= 1024, String(http?.text.length));
      assert.doesNotMatch(http.text, /[\p{Cc}\p{Surrogate}]/u);
      assert.match(http.text, method === "refuse" ? /^tensor "/ : / \(request id same\)$/);
    });
  }
}

test("the log line of a failed call keeps the service the caller named", async () => {
  const failing = textService({
    fail: () => {
      throw new ServeError(Code.invalidArgument, "no", { details: { service: "Inner", node: "n" } });
    },
  });
  await using server = await new TestServer([failing]).start();
  await httpClient(server.port).call({ method: "fail" });
  const line = server.logger.lines.find(({ message }) => message === "call");
  assert.deepEqual([line?.fields.service, line?.fields.node], ["test.Echo", "n"]);
});
