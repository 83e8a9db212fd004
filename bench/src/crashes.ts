// Kills worker processes of a model again and again while it is called: `node bench/dist/crashes.js`. Every call must get the
// right answer. `--seconds 60` is the full size.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { mlpModel } from "@paddlewheel/onnx";
import { LatencyHistogram } from "./measure/latency-histogram.js";
import { startGeneralServer } from "./soak-server.js";
import { generalModelService, inferencePath } from "./workloads/bench-service.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    "in-flight": { type: "string", default: "8" },
    processes: { type: "string", default: "2" },
  },
});

/** Between two kills. */
const pauseMs = 2000;

/** A run of some milliseconds, so that most kills hit one. */
const layers = [64, 1024, 1024, 1];

const x = Array.from({ length: layers[0] ?? 0 }, (_, i) => (i % 7) / 7);
const body = JSON.stringify({ tensor: [{ name: "x", elem_type: 1, shape: [1, x.length], float_data: x }] });

async function ask(url: string): Promise<number> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url + inferencePath(generalModelService.name), {
    method: "POST",
    body,
    headers,
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  const { outputs } = JSON.parse(text) as { outputs: { tensor: { float_data: number[] }[] }[] };
  return outputs[0]?.tensor[0]?.float_data[0] ?? Number.NaN;
}

async function workerPids(url: string): Promise<readonly number[]> {
  const state = (await (await fetch(`${url}/health/ready`)).json()) as { engines: { pids?: number[] }[] };
  return state.engines.flatMap(({ pids = [] }) => pids);
}

interface Soak {
  readonly url: string;
  readonly expected: number;
  readonly endsAt: number;
  readonly latency: LatencyHistogram;
  readonly faults: string[];
}

async function keepCalling({ url, expected, endsAt, latency, faults }: Soak): Promise<void> {
  while (performance.now() < endsAt) {
    const startedAt = performance.now();
    try {
      const answer = await ask(url);
      // Batches round differently.
      if (Math.abs(answer - expected) > 1e-3 * (1 + Math.abs(expected))) faults.push(`answered ${answer}`);
    } catch (error) {
      faults.push(String(error));
    }
    latency.record((performance.now() - startedAt) * 1000);
  }
}

async function keepKilling({ url, endsAt }: Soak): Promise<number> {
  let kills = 0;
  while (performance.now() + pauseMs < endsAt) {
    await sleep(pauseMs);
    const pids = await workerPids(url);
    const pid = pids[kills % Math.max(pids.length, 1)];
    if (pid === undefined) continue;
    process.kill(pid, "SIGKILL");
    kills++;
  }
  return kills;
}

const modelDir = await mkdtemp(join(tmpdir(), "crashes-"));
await writeFile(join(modelDir, "model.onnx"), mlpModel({ layers, seed: 1 }));
const runtimeThreadNum = Number(values.processes);
const { server, port } = await startGeneralServer({
  modelDir,
  isolation: "process",
  runtimeThreadNum,
  reloadableType: "none",
});
const url = `http://127.0.0.1:${port}`;
const soak: Soak = {
  url,
  expected: await ask(url),
  endsAt: performance.now() + Number(values.seconds) * 1000,
  latency: new LatencyHistogram(),
  faults: [],
};
const callers = Array.from({ length: Number(values["in-flight"]) }, () => keepCalling(soak));
const [kills] = await Promise.all([keepKilling(soak), ...callers]);
const metrics = await (await fetch(`${url}/metrics`)).text();
const { latency, faults } = soak;
const micros = [50, 99, 99.9].map((percent) => `p${percent} ${latency.percentile(percent)} µs`).join(", ");
console.log(`${latency.count} calls, ${kills} kills, ${faults.length} faults; ${micros}`);
for (const line of metrics.match(/^paddlewheel_engine_(?:worker|reruns)_.*$/gm) ?? []) console.log(line);
for (const fault of faults.slice(0, 10)) console.log(fault);
await server.stop();
await rm(modelDir, { recursive: true });
process.exitCode = faults.length > 0 ? 1 : 0;
