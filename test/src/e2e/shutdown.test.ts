import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Agent } from "node:http";
import { describe, test } from "node:test";
import { TestAuthority, untilClosed } from "@paddlewheel/server/testing";
import { request, setting } from "../attacks/http2-frames.js";
import { RawClient } from "../attacks/raw-client.js";
import { PaddlewheelCommand } from "../harness/paddlewheel-command.js";
import type { StartedServer } from "../harness/start-server.js";
import { loggedCalls, logLines } from "./access-log.js";
import { grpcClient, httpRequest, rawGrpcClient } from "./clients.js";
import { freePort, untilListening } from "./free-port.js";
import { halfSent, openHalf } from "./half-open.js";
import {
  keepCallingBaiduStd,
  keepCallingGrpc,
  keepCallingHttp,
  keepCallingHttp2,
  type Lanes,
} from "./keep-calling.js";
import { serveModel } from "./serve-model.js";
import { removeServingFolder, writeServingFolder } from "./serving-folder.js";
import { roundsFor, slowModel } from "./slow-model.js";
import { openTlsTunnel } from "./tls-tunnel.js";

const pooled = { model: slowModel(), engine: "runtime_thread_num: 2" };

/*
 * What "no accepted request is lost" means here. The server logs every call it took in, by the caller's request id. So:
 * each call in its log was answered rightly to its caller; each call of a caller that was not answered is not in the log,
 * and the caller could know that nothing was done with it (`refused`, see CallEnd).
 */
describe("a server that is told to stop under load", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`answers every call it took in, and ends with 0, on ${signal}`, async () => {
      await using server = await serveModel(pooled);
      await checkStop(server, { port: server.port, signal });
    });
  }

  test("answers every call it took in over TLS, and ends with 0, on SIGTERM", async () => {
    using authority = new TestAuthority();
    const { certFile, keyFile } = authority.issue({ name: "server" });
    await using server = await serveModel(pooled, ["--tls_cert", certFile, "--tls_key", keyFile]);
    await using tunnel = await openTlsTunnel(server.port, await readFile(authority.caFile));
    await checkStop(server, { port: tunnel.port, signal: "SIGTERM" });
  });

  test(`does not wait for peers that sent ${Object.keys(halfSent).join(", ")}`, async () => {
    await using server = await serveModel(pooled);
    const sockets = await openHalf(server.port);
    const closed = Promise.all(sockets.map((socket) => untilClosed(socket)));
    // An answer shows that the server has read what came before it.
    await httpRequest({ port: server.port, method: "GET", path: "/health/live" });
    const { code, stdout } = await server.stop();
    assert.equal(code, 0);
    assert.deepEqual(
      logLines(stdout).filter(({ msg }) => msg === "calls were cut off"),
      [],
    );
    for (const socket of sockets) socket.end();
    await closed;
  });

  test("waits for peers that ask and do not read for as long as it may, and no longer", async () => {
    await using server = await serveModel(pooled, ["--drain_timeout_ms", "500"]);
    // A window of no bytes: the answer has no way.
    const stuck = await RawClient.connect(server.port, setting(4, 0));
    stuck.write(request(1, true));
    while (!stuck.received.some(({ type }) => type === "HEADERS")) await once(stuck.socket, "data");
    const { code, stdout } = await server.stop();
    stuck.socket.destroy();
    assert.equal(code, 0);
    assert.ok(logLines(stdout).some(({ msg }) => msg === "calls were cut off"));
  });

  test("does not wait for idle connections that are kept", async () => {
    await using server = await serveModel(pooled);
    const agent = new Agent({ keepAlive: true });
    const client = rawGrpcClient(server.port);
    await httpRequest({ port: server.port, method: "GET", path: "/health/live", agent });
    await new Promise((resolve) => client.waitForReady(Date.now() + 10_000, resolve));
    assert.equal((await server.stop()).code, 0);
    client.close();
    agent.destroy();
  });
});

/** Calls by every protocol on a port that leads to the server, stops that under them, and looks at what became of each. */
async function checkStop(
  server: StartedServer,
  { port, signal }: { readonly port: number; readonly signal: NodeJS.Signals },
): Promise<void> {
  const probe = grpcClient(port);
  const rounds = await roundsFor(20, probe);
  probe.close();
  const options = { port, rounds, lanes: 8, warmCalls: 40 };
  const lanes: readonly Lanes[] = [
    keepCallingHttp(options),
    keepCallingGrpc(options),
    keepCallingBaiduStd(options),
    keepCallingHttp2(options),
  ];
  // Peers that sent something and then nothing more are no reason to wait.
  const silent = await openHalf(server.port);
  await Promise.all(lanes.map(({ warm }) => warm));
  const { code, signal: killedBy, stdout } = await server.stop(signal);
  await Promise.all(lanes.map(({ done }) => done));
  for (const socket of silent) socket.destroy();

  assert.deepEqual([code, killedBy], [0, undefined]);
  const ends = lanes.flatMap((one) => one.ends);
  assert.deepEqual(
    ends.filter(({ end }) => end === "lost"),
    [],
  );
  const lines = logLines(stdout);
  const answered = ends.filter(({ end }) => end === "answered").map(({ requestId }) => requestId);
  const logged = [...loggedCalls(lines)].filter((id) => /^(http2?|grpc|baidu_std)-/.test(id));
  assert.deepEqual(new Set(logged), new Set(answered));
  assert.deepEqual(
    lines.filter(({ msg }) => msg === "calls were cut off"),
    [],
  );
}

describe("a server that is told to stop while models load", () => {
  test("ends with 0 and without loading the rest", async () => {
    const engines = 6;
    // Some 300 ms a run on a fast machine, and loading runs a model several times.
    const folder = await writeServingFolder({
      model: slowModel(20_000),
      engine: "runtime_thread_num: 1",
      idleEngines: engines - 1,
    });
    const port = await freePort();
    const args = ["start", "--conf", folder, "--host", "127.0.0.1", "--port", String(port)];
    const command = new PaddlewheelCommand(args);
    await untilListening(port);
    command.signal("SIGTERM");
    const { code, signal, stdout } = await command.end();
    await removeServingFolder(folder);
    assert.deepEqual([code, signal], [0, undefined]);
    const loaded = logLines(stdout).filter(({ msg }) => msg === "engine loaded");
    assert.ok(loaded.length <= 2, `${loaded.length} of ${engines} engines were loaded after the signal`);
  });
});
