import assert from "node:assert/strict";
import { test } from "node:test";
import { startServer } from "../harness/start-server.js";
import { httpRequest } from "./clients.js";
import { keepCallingGrpc, keepCallingHttp } from "./keep-calling.js";
import { removeServingFolder, writeServingFolder } from "./serving-folder.js";
import { slowModel } from "./slow-model.js";

const rounds = 200;

test("no call fails while worker processes of its model are killed, and none outlives the server", async (t) => {
  const engine = 'isolation: "process" runtime_thread_num: 2';
  const folder = await writeServingFolder({ model: slowModel(), engine });
  t.after(() => removeServingFolder(folder));
  await using server = await startServer(["start", "--conf", folder, "--host", "127.0.0.1", "--port", "0"]);
  const { port } = server;
  const over = new AbortController();
  const options = { port, rounds, lanes: 4, warmCalls: 20, until: over.signal };
  const clients = [keepCallingHttp(options), keepCallingGrpc(options)];
  await Promise.all(clients.map(({ warm }) => warm));
  for (let kill = 0; kill < 4; kill++) {
    const [pid = 0] = await workerPids(port);
    process.kill(pid, "SIGKILL");
    let pids: readonly number[] = [];
    while (pids.length < 2 || pids.includes(pid)) pids = await workerPids(port);
  }
  over.abort();
  await Promise.all(clients.map(({ done }) => done));
  const ends = clients.flatMap((client) => client.ends);
  assert.deepEqual(
    ends.filter(({ end }) => end !== "answered"),
    [],
  );
  const pids = await workerPids(port);
  for (const pid of pids) process.kill(pid, "SIGTERM");
  assert.equal((await server.stop()).code, 0);
  for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

async function workerPids(port: number): Promise<readonly number[]> {
  const { body } = await httpRequest({ port, method: "GET", path: "/health/ready" });
  const { engines } = JSON.parse(body.toString()) as { engines: { pids: number[] }[] };
  return engines.flatMap(({ pids }) => pids ?? []);
}
