// What our server does when more comes in than it can do: `node bench/dist/overload.js [--model resnet50]`. Its peak
// is measured in a closed loop, then requests come at three times that rate whatever becomes of them. Good is: goodput of
// at least 90 % of the peak, a p99 of the admitted of at most four times that of a server that has nothing else to do,
// and a line that stays short. Each request is a run of its own: batches grow under load, and then a run is no measure.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { poolAloneSettings, startPaddlewheel } from "./contenders/paddlewheel.js";
import type { RunningServer } from "./contenders/server-process.js";
import { prepareCalls } from "./load/caller.js";
import { callers } from "./load/callers.js";
import { OpenLoop } from "./load/open-loop.js";
import { requestsPerSecond } from "./measure/measured-window.js";
import { type BenchModelName, benchModels } from "./models/bench-model.js";
import { type PreparedModel, prepareModel } from "./models/prepared-model.js";

const overload = 3;
const connectionCount = 8;
/** After the load, for answers that are still on their way. */
const drainMs = 5000;
const depthMetric = /^paddlewheel_engine_queue_depth\{[^}]*\} (\d+)/m;

interface Load {
  readonly seconds: number;
  /** Of the closed loop that finds the peak: as many as keep every copy at work, and no more than are let in. */
  readonly inFlight: number;
}

async function measure(
  model: PreparedModel,
  server: RunningServer,
  { seconds, inFlight }: Load,
): Promise<void> {
  const windowMs = seconds * 1000;
  const idle = await server.measure({ connections: 1, inFlight: 1, warmupMs: 500, windowMs });
  const peak = await server.measure({
    connections: Math.min(connectionCount, inFlight),
    inFlight,
    warmupMs: 500,
    windowMs,
  });
  const peakRate = requestsPerSecond(peak);
  const loop = await openLoop(model, server, peakRate * overload);
  const depth = watchDepth(server.port);
  const startedAt = performance.now();
  await loop.run(windowMs);
  const sentSeconds = (performance.now() - startedAt) / 1000;
  const answered = loop.latencies.count;
  const drained = performance.now() + drainMs;
  while (loop.ended < loop.sent && performance.now() < drained) await sleep(10);
  const ms = (micros: number) => (micros / 1000).toFixed(1);
  const p99 = loop.latencies.percentile(99);
  const goodput = answered / sentSeconds;
  console.log(
    [
      `${model.name}, ${seconds} s each`,
      `alone     p50 ${ms(idle.p50Micros)} ms, p99 ${ms(idle.p99Micros)} ms`,
      `peak      ${peakRate.toFixed(0)}/s at ${inFlight} in flight, p99 ${ms(peak.p99Micros)} ms`,
      `overload  ${(loop.sent / sentSeconds).toFixed(0)}/s came: ${goodput.toFixed(0)}/s answered, ${loop.refused} refused`,
      `goodput   ${((100 * goodput) / peakRate).toFixed(0)} % of the peak`,
      `p99       ${ms(p99)} ms, ${(p99 / idle.p99Micros).toFixed(1)} times that alone`,
      `line      at most ${await depth.stop()} requests`,
      `errors    ${[...loop.errors.samples, `${loop.sent - loop.ended} without an answer`].join("; ")}`,
    ].join("\n"),
  );
}

async function openLoop(
  { requests, service }: PreparedModel,
  { port }: RunningServer,
  rate: number,
): Promise<OpenLoop> {
  const connections = await Promise.all(
    Array.from({ length: connectionCount }, () => callers.grpc.open({ port, service: service.name })),
  );
  return new OpenLoop({ connections, calls: prepareCalls(callers.grpc, requests), rate });
}

/** Reads the length of the line five times a second. */
function watchDepth(port: number): { stop(): Promise<number> } {
  let isOpen = true;
  let deepest = 0;
  const watching = (async () => {
    while (isOpen) {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      deepest = Math.max(deepest, Number(depthMetric.exec(await response.text())?.[1] ?? 0));
      await sleep(200);
    }
  })();
  return {
    async stop() {
      isOpen = false;
      await watching;
      return deepest;
    },
  };
}

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "wide" },
    seconds: { type: "string", default: "8" },
    "in-flight": { type: "string", default: "4" },
  },
});
if (!(values.model in benchModels)) throw new RangeError(`--model: there is no model "${values.model}"`);
const directory = mkdtempSync(join(tmpdir(), "paddlewheel-overload-"));
try {
  const model = await prepareModel(benchModels[values.model as BenchModelName], directory);
  const server = await startPaddlewheel(model, poolAloneSettings);
  try {
    await measure(model, server, { seconds: Number(values.seconds), inFlight: Number(values["in-flight"]) });
  } finally {
    await server.stop();
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exit();
