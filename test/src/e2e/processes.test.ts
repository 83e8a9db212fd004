import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runCommand } from "../harness/paddlewheel-command.js";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { loggedCalls, logLines } from "./access-log.js";
import { grpcClient, httpRequest } from "./clients.js";
import {
  keepCallingBaiduStd,
  keepCallingGrpc,
  keepCallingHttp,
  type LaneOptions,
  type Lanes,
} from "./keep-calling.js";
import { processPids } from "./process-pids.js";
import { encodeRequest } from "./proto-messages.js";
import { serveModel } from "./serve-model.js";
import { removeServingFolder, writeServingFolder } from "./serving-folder.js";
import { roundsFor, slowModel, slowRequest } from "./slow-model.js";

const pooled = { model: slowModel(), engine: "runtime_thread_num: 1" };
const two = ["--processes", "2"];

/** One call over a connection of its own; its status. */
async function call(port: number): Promise<number> {
  const headers = { "content-type": "application/proto", connection: "close" };
  const { status } = await httpRequest({ port, headers, body: encodeRequest(slowRequest(1, 1)) });
  return status;
}

/** Sum of the rows of a metric that begin like this. */
async function metric(port: number, start: string): Promise<number> {
  const { body } = await httpRequest({ port, method: "GET", path: "/metrics" });
  const rows = body
    .toString()
    .split("\n")
    .filter((line) => line.startsWith(start));
  assert.notEqual(rows.length, 0, `${start} in\n${body}`);
  return rows.reduce((sum, row) => sum + Number(row.split(" ").at(-1)), 0);
}

async function laneOptions(port: number, ms: number): Promise<LaneOptions> {
  const probe = grpcClient(port);
  const rounds = await roundsFor(ms, probe);
  probe.close();
  return { port, rounds, lanes: 4, warmCalls: 20 };
}

function startLanes(options: LaneOptions): readonly Lanes[] {
  return [keepCallingHttp(options), keepCallingGrpc(options), keepCallingBaiduStd(options)];
}

function notAnswered(lanes: readonly Lanes[]): unknown[] {
  return lanes.flatMap(({ ends }) => ends).filter(({ end }) => end !== "answered");
}

/** Waits until as many calls more have ended in each of the lanes. */
async function untilMore(lanes: readonly Lanes[], calls: number): Promise<void> {
  const goals = lanes.map(({ ends }) => ends.length + calls);
  while (lanes.some(({ ends }, i) => ends.length < (goals[i] ?? 0))) await new Promise(setImmediate);
}

describe("a server of two processes", () => {
  test("spreads connections over both, and its metrics are those of both", async () => {
    await using server = await serveModel(pooled, two);
    const statuses = await Promise.all(Array.from({ length: 10 }, () => call(server.port)));
    assert.deepEqual(new Set(statuses), new Set([200]));
    assert.equal(await metric(server.port, "paddlewheel_calls_total{"), 10);
    assert.equal(await metric(server.port, 'paddlewheel_processes{state="ready"}'), 2);
    assert.ok((await metric(server.port, 'process_resident_memory_bytes{process="2"}')) > 0);
    const { code, stdout } = await server.stop();
    assert.equal(code, 0);
    const calls = logLines(stdout).filter(({ msg }) => msg === "call");
    assert.deepEqual(new Set(calls.map(({ process }) => process)), new Set([1, 2]));
    assert.equal(calls.length, 10);
  });

  test("has a supervisor that loads no native code", { skip: process.platform !== "linux" }, async () => {
    await using server = await serveModel(pooled, two);
    const native = /\.node$|onnxruntime/m;
    const pids = await processPids(server.port, 2);
    assert.match(await readFile(`/proc/${pids.get(1)}/maps`, "utf8"), native);
    assert.doesNotMatch(await readFile(`/proc/${server.command.pid}/maps`, "utf8"), native);
  });

  test("shares its internal port, too", async () => {
    await using server = await serveModel(pooled, [...two, "--internal_port", "0"]);
    const [, port] = await server.command.waitFor(
      "stdout",
      /"port":(\d+),"msg":"pages are on the internal port"/,
    );
    assert.equal((await processPids(Number(port), 2)).size, 2);
  });

  test("goes on when one is killed, and has it back; a caller that repeats gets every answer", async () => {
    await using server = await serveModel(pooled, two);
    const pids = await processPids(server.port, 2);
    const stop = new AbortController();
    const options = { ...(await laneOptions(server.port, 5)), until: stop.signal };
    const lanes = [keepCallingHttp(options)];
    await lanes[0]?.warm;
    process.kill(pids.get(2) ?? 0, "SIGKILL");
    await server.command.waitFor("stdout", /"process":2,.*"end":"SIGKILL".*"msg":"process ended"/);
    const before = notAnswered(lanes).length;
    await untilMore(lanes, 20);
    await server.command.waitFor("stdout", /"process":2,.*"msg":"process is ready again"/);
    assert.notEqual((await processPids(server.port, 2)).get(2), pids.get(2));
    assert.equal((await processPids(server.port, 2)).get(1), pids.get(1));
    stop.abort();
    await lanes[0]?.done;
    // Each lane has one connection, which broke once at most.
    assert.ok(
      before <= options.lanes && notAnswered(lanes).length <= options.lanes,
      JSON.stringify(notAnswered(lanes)),
    );
    assert.equal(await metric(server.port, 'paddlewheel_process_restarts_total{reason="died"}'), 1);
  });

  test("replaces one that stands still, and lets nobody wait who was sent to it", async () => {
    await using server = await serveModel(pooled, [...two, "--stuck_process_ms", "1000"]);
    const pids = await processPids(server.port, 2);
    process.kill(pids.get(2) ?? 0, "SIGSTOP");
    const calls = await Promise.allSettled(Array.from({ length: 6 }, () => call(server.port)));
    const answered = calls.filter(({ status }) => status === "fulfilled").length;
    // One connection was handed to it; with the next one it would have to have taken that.
    assert.ok(answered >= 5, `${answered} of 6 calls were answered`);
    await server.command.waitFor(
      "stdout",
      /"process":2,.*"msg":"process killed: its event loop stands still"/,
    );
    await server.command.waitFor("stdout", /"process":2,.*"msg":"process is ready again"/);
    assert.equal(await call(server.port), 200);
  });

  test("ends when its supervisor is killed", async () => {
    await using server = await serveModel(pooled, two);
    server.command.signal("SIGKILL");
    // Their output ends with the last of them.
    const { stderr } = await server.command.end();
    assert.equal(stderr.match(/^paddlewheel: stopped after its supervisor was gone$/gm)?.length, 2);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`answers every call it took in, and ends with 0, on ${signal}`, async () => {
      await using server = await serveModel(pooled, two);
      const lanes = startLanes(await laneOptions(server.port, 10));
      await Promise.all(lanes.map(({ warm }) => warm));
      const { code, stdout, stderr } = await server.stop(signal);
      await Promise.all(lanes.map(({ done }) => done));
      assert.equal(code, 0, stderr);
      const ends = lanes.flatMap((one) => one.ends);
      assert.deepEqual(
        ends.filter(({ end }) => end === "lost"),
        [],
      );
      const answered = ends.filter(({ end }) => end === "answered").map(({ requestId }) => requestId);
      const logged = [...loggedCalls(logLines(stdout))].filter((id) => /^(http|grpc|baidu_std)-/.test(id));
      assert.deepEqual(new Set(logged), new Set(answered));
    });
  }
});

describe("a reload of two processes", () => {
  test("loses no call", async () => {
    await using server = await serveModel(pooled, two);
    const pids = await processPids(server.port, 2);
    const stop = new AbortController();
    const options = { ...(await laneOptions(server.port, 5)), until: stop.signal };
    const lanes = [keepCallingHttp(options), keepCallingGrpc(options)];
    await Promise.all(lanes.map(({ warm }) => warm));
    const counted = await metric(server.port, "paddlewheel_calls_total{");
    server.command.signal("SIGHUP");
    await server.command.waitFor("stdout", /"process":0,"msg":"reloaded"/);
    await untilMore(lanes, 5);
    stop.abort();
    await Promise.all(lanes.map(({ done }) => done));
    assert.deepEqual(notAnswered(lanes), []);
    const now = await processPids(server.port, 2);
    for (const number of [1, 2]) assert.notEqual(now.get(number), pids.get(number));
    assert.ok((await metric(server.port, "paddlewheel_calls_total{")) >= counted);
    assert.equal(await metric(server.port, 'paddlewheel_process_restarts_total{reason="reload"}'), 2);
  });

  test("with bad conf keeps the old ones and says why; with good conf again it goes through", async () => {
    const folder = await writeServingFolder(pooled);
    const args = ["start", "--conf", folder, "--host", "127.0.0.1", "--port", "0", ...two];
    await using server: StartedServer = await startServer(args);
    const pids = await processPids(server.port, 2);
    const file = join(folder, "workflow.prototxt");
    const good = await readFile(file, "utf8");
    await writeFile(file, good.replaceAll("GeneralReaderOp", "GeneralRaederOp"));
    server.command.signal("SIGHUP");
    await server.command.waitFor("stderr", /workflow\.prototxt:\d+.*"GeneralRaederOp"/);
    await server.command.waitFor(
      "stderr",
      /^paddlewheel: not reloaded: the new process 1 ended with exit code 1 /m,
    );
    assert.deepEqual(await processPids(server.port, 2), pids);
    await writeFile(file, good);
    server.command.signal("SIGHUP");
    await server.command.waitFor("stdout", /"msg":"reloaded"/);
    for (const [number, pid] of await processPids(server.port, 2)) assert.notEqual(pid, pids.get(number));
    await removeServingFolder(folder);
  });
});

describe("two processes that cannot start", () => {
  test("because conf is bad end with 1 and say so once", async () => {
    const folder = await writeServingFolder(pooled);
    await rm(join(folder, "workflow.prototxt"));
    const { code, stderr } = await runCommand(["start", "--conf", folder, "--port", "0", ...two]);
    await removeServingFolder(folder);
    assert.equal(code, 1);
    const [first] = stderr.split("\n");
    assert.match(stderr, /workflow\.prototxt/);
    assert.equal(stderr.split(first ?? "").length, 2, stderr);
    assert.doesNotMatch(stderr, /supervisor|times in a row/);
  });

  test("because the port is taken end with 1 and say so once", async () => {
    const other = createServer();
    await once(other.listen(0, "127.0.0.1"), "listening");
    const { port } = other.address() as AddressInfo;
    const folder = await writeServingFolder(pooled);
    const args = ["start", "--conf", folder, "--host", "127.0.0.1", "--port", String(port), ...two];
    const { code, stderr } = await runCommand(args);
    await removeServingFolder(folder);
    other.close();
    assert.deepEqual(
      [code, stderr],
      [1, `paddlewheel: cannot listen on 127.0.0.1:${port}: another program listens there\n`],
    );
  });

  test("because their number is none end with 2", async () => {
    const { code, stderr } = await runCommand(["start", "--processes", "none"]);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^paddlewheel: --processes must be a whole number from 1 to 256, or auto, not "none"$/m,
    );
  });
});
