import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { createServer } from "node:tls";
import { promisify } from "node:util";
import { ManualClock } from "@paddlewheel/core/testing";
import { Http2Server } from "../driver/http2-server.js";
import { clientCall } from "../testing/client-call.js";
import { EchoHandler } from "../testing/echo-handler.js";
import { listeningServer } from "../testing/listening-server.js";
import { Http2Client } from "./http2-client.js";

/** A key both ends know, which saves a certificate. */
const psk = Buffer.from("00112233445566778899aabbccddeeff", "hex");
const ciphers = "PSK-AES128-GCM-SHA256";
const maxVersion = "TLSv1.2";

const clientTls = {
  ciphers,
  maxVersion,
  pskCallback: () => ({ psk, identity: "test" }),
  checkServerIdentity: () => undefined,
} as const;

async function withTlsServer(
  alpn: readonly string[] | undefined,
  body: (client: Http2Client) => Promise<void>,
): Promise<void> {
  const http2 = new Http2Server({ handler: new EchoHandler() });
  const server = createServer({
    ciphers,
    maxVersion,
    pskCallback: () => psk,
    ...(alpn && { ALPNProtocols: [...alpn] }),
  });
  server.on("secureConnection", (socket) => http2.serve(socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const client = new Http2Client({ host: "127.0.0.1", port, tls: clientTls, clock: new ManualClock() });
  try {
    await body(client);
  } finally {
    client.close();
    http2.close();
    server.close();
  }
}

test("calls a server over TLS", async () => {
  await withTlsServer(["h2"], async (client) => {
    const bodies = [0, 9, 100_000, 1_000_000].map((size) => Buffer.alloc(size, size % 253));
    const answers = await Promise.all(bodies.map((body) => clientCall(client, body)));
    for (const [i, { body }] of answers.entries()) assert.ok(body.equals(bodies[i] ?? Buffer.from("?")));
    assert.equal(client.connectionCount, 1);
  });
});

test("does not call a server over TLS that has not agreed on HTTP/2", async () => {
  await withTlsServer(undefined, async (client) => {
    await assert.rejects(clientCall(client, Buffer.alloc(9)), {
      message: "connection: it does not speak HTTP/2: it did not agree on h2 by ALPN",
    });
    while (client.connectionCount > 0) await new Promise(setImmediate);
  });
});

test("keeps a process alive as long as a call is under way, and no longer", async () => {
  const server = await listeningServer();
  const index = JSON.stringify(new URL("../index.js", import.meta.url));
  const script = `
    import { Http2Client } from ${index};
    const client = new Http2Client({ host: "127.0.0.1", port: ${server.port} });
    const field = (name, value) => ({ name, value });
    client.request({
      fields: [field(":method", "POST"), field(":scheme", "http"), field(":path", "/")],
      body: [Buffer.from("alive")],
      receiver: { onHeaders() {}, onData: (piece) => console.log(Buffer.from(piece).toString()), onEnd() {}, onReset() {} },
    });`;
  const args = ["--input-type=module", "-e", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  assert.equal(stdout, "alive\n");
  await server.close();
});
