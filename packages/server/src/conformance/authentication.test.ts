import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, type Secret, ServeError } from "@paddlewheel/core";
import type { Authenticator } from "../auth/authenticator.js";
import { grpcClient, http2Client, httpClient } from "./test-clients.js";
import { TestServer, textService } from "./test-server.js";

const service = textService({ echo: (text) => text });

const transports = [
  ["http", httpClient],
  ["http over HTTP/2", http2Client],
  ["grpc", grpcClient],
  ["grpc-js", grpcClient],
] as const;

for (const [transport, createClient] of transports) {
  test(`a call brings its credential to the authenticator, and is over when that refuses it (${transport})`, async () => {
    const asked: (string | undefined)[][] = [];
    const authenticator: Authenticator = {
      refuse(scope: string, credential: Secret | undefined): ServeError | undefined {
        asked.push([scope, credential?.reveal()]);
        if (credential?.reveal() === "Bearer good") return undefined;
        return new ServeError(Code.unauthenticated, "no");
      },
    };
    const grpc = transport === "grpc-js" ? transport : "native";
    await using server = await new TestServer([service], {}, { grpc, authenticator }).start();
    const client = createClient(server.port);
    const call = async (headers: Record<string, string>): Promise<number> =>
      (await client.call({ method: "echo", headers })).number;
    assert.equal(await call({ authorization: "Bearer good" }), Code.ok);
    assert.equal(await call({ authorization: "raw", "x-api-key": "unread" }), Code.unauthenticated);
    assert.equal(await call({ "x-api-key": "key" }), Code.unauthenticated);
    assert.equal(await call({}), Code.unauthenticated);
    client.close();
    assert.deepEqual(asked, [
      ["test.Echo", "Bearer good"],
      ["test.Echo", "raw"],
      ["test.Echo", "key"],
      ["test.Echo", undefined],
    ]);
    assert.ok(server.gate.isIdle);
  });
}
