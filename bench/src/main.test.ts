import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { grpcJs } from "./contenders/grpc-js.js";
import { benchModels } from "./models/bench-model.js";
import { type PreparedModel, prepareModel } from "./models/prepared-model.js";
import type { Report } from "./report/report.js";
import { runCase } from "./run/run-case.js";

const main = fileURLToPath(new URL("main.js", import.meta.url));

interface Exit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runMain(args: readonly string[]): Promise<Exit> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

async function inTemporaryDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "bench-test-"));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("a round of the linear model gives right answers and positive figures, as table and as JSON", () =>
  inTemporaryDirectory(async (directory) => {
    const json = join(directory, "report.json");
    const load =
      "--suite linear --contender grpc-js --rounds 1 --seconds 1 --warmup 0.2 --in-flight 16".split(" ");
    const { code, stdout, stderr } = await runMain([...load, "--json", json]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /linear: 16 in flight on 8 connections, 1 round of 1 s\n/);
    assert.match(stdout, /grpc-js by hand +[\d.]+ /);
    const { cases } = JSON.parse(await readFile(json, "utf8")) as Report;
    const window = cases[0]?.contenders[0]?.windows[0];
    assert.ok(window);
    const { errors, errorSamples, ...figures } = window;
    assert.deepEqual([errors, errorSamples], [0, []]);
    for (const [name, figure] of Object.entries(figures)) assert.ok(figure > 0, `${name} is ${figure}`);
    assert.ok(window.p50Micros <= window.p99Micros);
  }));

test("a contender that computes something else is told by its first answer", () =>
  inTemporaryDirectory(async (directory) => {
    const right = await prepareModel(benchModels.linear, directory);
    const requests = right.requests.map((request) => ({ ...request, expected: Float32Array.of(12_345) }));
    const workload: PreparedModel = { ...right, requests };
    const load = { inFlight: 1, connections: 1, rounds: 1, seconds: 1, warmupSeconds: 0 };
    const run = runCase({
      benchCase: { suite: "linear", workload: "linear", ...load },
      workload,
      contenders: [grpcJs],
      onWindow: () => assert.fail("was measured"),
    });
    await assert.rejects(run, {
      name: "ContenderError",
      message: /^grpc-js by hand: value 0 .*, 12345 is right$/,
    });
  }));

test("a wrong option ends with code 2 and says which", async () => {
  const { code, stderr } = await runMain(["--contender", "nobody"]);
  assert.equal(code, 2);
  assert.equal(
    stderr,
    '--contender: there is no contender "nobody", only grpc-js, paddlewheel, baidu_std, raw-ort, pool-alone, pool, client-grpc-js, client-grpc, client-baidu_std\nTry --help.\n',
  );
});

test("--list names what can be chosen", async () => {
  const { code, stdout } = await runMain(["--list"]);
  assert.equal(code, 0);
  for (const name of ["linear", "echo", "client", "grpc-js", "baidu_std", "raw-ort", "client-grpc"]) {
    assert.match(stdout, new RegExp(`^ {2}${name}\\b`, "m"));
  }
});
