// The process of the "raw ort" contender: it drives its two workers itself, as there is no network to drive them over.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { LoadOutcome, LoadPlan } from "../load/load-job.js";
import { LatencyHistogram } from "../measure/latency-histogram.js";
import type { MeasuredWindow } from "../measure/measured-window.js";
import { readTreeCpuMicros, readTreePeakRss } from "../measure/process-tree.js";
import type { PreparedModel } from "../models/prepared-model.js";
import {
  type RawOrtMeasure,
  RawOrtPhase,
  type RawOrtReport,
  type RawOrtStart,
  type RawOrtWorkerData,
} from "./raw-ort-job.js";

const workerCount = 2;
const phase = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
let workers: Promise<readonly Worker[]> = Promise.resolve([]);

function startWorkers(model: PreparedModel): Promise<readonly Worker[]> {
  const started = Array.from({ length: workerCount }, async () => {
    const workerData: RawOrtWorkerData = { model, phase };
    const worker = new Worker(new URL("raw-ort-worker.js", import.meta.url), { workerData });
    await once(worker, "message");
    return worker;
  });
  return Promise.all(started);
}

async function measure(plan: LoadPlan): Promise<MeasuredWindow> {
  Atomics.store(phase, 0, RawOrtPhase.warmup);
  const reports = (await workers).map((worker, i) => askWorker(worker, shareOf(plan.inFlight, i)));
  await sleep(plan.warmupMs);
  const span = await measureSpan(plan.windowMs);
  Atomics.store(phase, 0, RawOrtPhase.idle);
  return { ...span, ...summarize(await Promise.all(reports)), loaderBusy: 0 };
}

async function askWorker(worker: Worker, inFlight: number): Promise<RawOrtReport> {
  worker.postMessage(inFlight);
  const [report] = (await once(worker, "message")) as [RawOrtReport];
  return report;
}

/** Runs in flight of one worker; the first takes what does not divide. */
function shareOf(inFlight: number, worker: number): number {
  return Math.floor((inFlight + workerCount - 1 - worker) / workerCount);
}

async function measureSpan(windowMs: number): Promise<Pick<MeasuredWindow, "seconds" | "cpuMicros">> {
  Atomics.store(phase, 0, RawOrtPhase.window);
  const cpuBefore = readTreeCpuMicros(process.pid);
  const startedAt = performance.now();
  await sleep(windowMs);
  const seconds = (performance.now() - startedAt) / 1000;
  return { seconds, cpuMicros: readTreeCpuMicros(process.pid) - cpuBefore };
}

function summarize(
  reports: readonly RawOrtReport[],
): Omit<MeasuredWindow, "seconds" | "cpuMicros" | "loaderBusy"> {
  const latencies = new LatencyHistogram();
  for (const report of reports) latencies.merge(LatencyHistogram.fromCounts(report.latencies));
  return {
    answered: latencies.count,
    p50Micros: latencies.percentile(50),
    p99Micros: latencies.percentile(99),
    peakRssBytes: readTreePeakRss(process.pid),
    errors: reports.reduce((sum, { errors }) => sum + errors, 0),
    errorSamples: reports.flatMap(({ errorSamples }) => errorSamples),
  };
}

// A process that exits by itself while a worker is inside a run aborts with a core dump; a signal ends it quietly.
const endNow = (): boolean => process.kill(process.pid, "SIGKILL");

process.on("message", (message: RawOrtStart | RawOrtMeasure) => {
  if (message.kind === "start") {
    workers = startWorkers(message.model);
    return;
  }
  measure(message.plan)
    .then((window): LoadOutcome => ({ window }))
    .catch((error: unknown): LoadOutcome => ({ failure: String(error) }))
    .then((outcome) => process.send?.(outcome))
    .catch(endNow);
});
process.once("disconnect", endNow);
