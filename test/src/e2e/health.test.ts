import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { status } from "@grpc/grpc-js";
import { PaddlewheelCommand } from "../harness/paddlewheel-command.js";
import { grpcCall, type HttpReply, httpRequest, rawGrpcClient } from "./clients.js";
import { freePort, untilListening } from "./free-port.js";
import { checkHealth } from "./grpc-schemas.js";
import { encodeRequest, serviceName } from "./proto-messages.js";
import { removeServingFolder, writeServingFolder } from "./serving-folder.js";
import { slowModel } from "./slow-model.js";

interface Health {
  readonly live: number;
  readonly ready: number;
  readonly state: unknown;
  readonly grpc: readonly (string | undefined)[];
}

/** Loading runs the models, some hundred milliseconds each time: the port is open long before they are loaded. */
const slowToLoad = { model: slowModel(10_000), engine: "runtime_thread_num: 1", idleEngines: 3 };

describe("a server's health", () => {
  test("says live at once and ready when the models are loaded, over HTTP and gRPC", async () => {
    const folder = await writeServingFolder(slowToLoad);
    const port = await freePort();
    const flags = ["--host", "127.0.0.1", "--port", String(port)];
    const command = new PaddlewheelCommand(["start", "--conf", folder, ...flags]);
    const client = rawGrpcClient(port);

    await untilListening(port);
    const loading = { live: 200, ready: 503, state: "starting", grpc: ["NOT_SERVING", "NOT_SERVING"] };
    assert.deepEqual(await healthOf(port, client), loading);
    const early = await grpcCall(client, encodeRequest({}));
    assert.equal(early.status, status.UNAVAILABLE);
    assert.equal(early.text, "the server is not ready: its models are loading");

    await command.waitFor("stderr", /^paddlewheel: ready on /m);
    const ready = { live: 200, ready: 200, state: "ready", grpc: ["SERVING", "SERVING"] };
    assert.deepEqual(await healthOf(port, client), ready);
    const unknown = await checkHealth(client, "no.such.Service");
    assert.equal(unknown.code, status.NOT_FOUND);

    client.close();
    command.signal("SIGTERM");
    assert.equal((await command.end()).code, 0);
    await removeServingFolder(folder);
  });
});

async function healthOf(port: number, client: ReturnType<typeof rawGrpcClient>): Promise<Health> {
  const page = (path: string): Promise<HttpReply> => httpRequest({ port, method: "GET", path });
  const ready = await page("/health/ready");
  const grpc = [await checkHealth(client, ""), await checkHealth(client, serviceName)];
  return {
    live: (await page("/health/live")).status,
    ready: ready.status,
    state: (JSON.parse(ready.body.toString()) as { state?: unknown }).state,
    grpc: grpc.map((answer) => answer.status),
  };
}
