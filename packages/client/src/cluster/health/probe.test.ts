import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { describe, test } from "node:test";
import { probeByConnect, probeByGet } from "./probe.js";

const never = new AbortController().signal;

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}

describe("a probe by connect", () => {
  test("finds a server that listens well, and leaves no connection behind", async () => {
    const server = createServer((socket) => socket.resume());
    const address = await listen(server);
    await probeByConnect(address, never);
    await close(server);
    await assert.rejects(probeByConnect(address, never), { code: "ECONNREFUSED" });
  });

  test("ends when it is aborted", async () => {
    const server = createServer();
    const address = await listen(server);
    await assert.rejects(probeByConnect(address, AbortSignal.abort()), { name: "AbortError" });
    await close(server);
  });
});

describe("a probe by GET", () => {
  test("finds a server well that answers its path with 2xx, and does not wait for the body", async () => {
    const server = createHttpServer((request, response) => {
      response.writeHead(request.url === "/health" ? 200 : 503).write("OK, and a body without an end");
    });
    const address = await listen(server);
    await probeByGet("/health")(address, never);
    await assert.rejects(
      probeByGet("/ready")(address, never),
      new Error(`${address}/ready answered with HTTP status 503`),
    );
    await close(server);
  });

  test("ends when it is aborted while a server is silent", async () => {
    const server = createServer();
    const address = await listen(server);
    const abort = new AbortController();
    const probing = probeByGet("/health")(address, abort.signal);
    const [socket] = await once(server, "connection");
    abort.abort();
    await assert.rejects(probing, { name: "AbortError" });
    socket.destroy();
    await close(server);
  });
});
