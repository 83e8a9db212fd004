// The loader: a process of its own, so that what it costs is not counted as the server's, or is all that is counted. It takes one job, answers
// with one outcome and ends with its parent.
import { setTimeout as sleep } from "node:timers/promises";
import { ErrorTally } from "../measure/error-tally.js";
import type { MeasuredWindow } from "../measure/measured-window.js";
import { readTreeCpuMicros, readTreePeakRss } from "../measure/process-tree.js";
import { prepareCalls } from "./caller.js";
import { callers } from "./callers.js";
import { ClosedLoop } from "./closed-loop.js";
import type { LoadJob, LoadOutcome, LoadPlan, OpenWindow } from "./load-job.js";
import { runOpenLoad } from "./open-load.js";

/** An answer that has not come by then after the window counts as missing. */
const drainMs = 10_000;

function runJob(job: LoadJob): Promise<MeasuredWindow | OpenWindow> {
  const { plan } = job;
  return "rate" in plan ? runOpenLoad({ ...job, plan }) : runClosedLoad({ ...job, plan });
}

async function runClosedLoad(job: LoadJob<LoadPlan>): Promise<MeasuredWindow> {
  const { plan, requests, target, measuredPid = process.pid } = job;
  const caller = callers[job.caller];
  const connections = await Promise.all(Array.from({ length: plan.connections }, () => caller.open(target)));
  const loop = new ClosedLoop({
    connections,
    inFlight: plan.inFlight,
    calls: prepareCalls(caller, requests),
    errors: new ErrorTally(),
  });
  loop.start();
  await sleep(plan.warmupMs);
  const figures = await measureWindow(loop, measuredPid, plan.windowMs);
  await drain(loop);
  for (const connection of connections) connection.close();
  const peakRssBytes = readTreePeakRss(measuredPid);
  return { ...figures, peakRssBytes, errors: loop.errors.count, errorSamples: loop.errors.samples };
}

/**
 * Clocks, CPU time and counts are read in one go at both ends of the window, by the process that sees the answers: CPU
 * time and answers belong to exactly the same span.
 */
async function measureWindow(
  loop: ClosedLoop,
  pid: number,
  windowMs: number,
): Promise<Omit<MeasuredWindow, "peakRssBytes" | "errors" | "errorSamples">> {
  loop.latencies.clear();
  const ownCpu = process.cpuUsage();
  const cpuBefore = readTreeCpuMicros(pid);
  const startedAt = performance.now();
  await sleep(windowMs);
  if (loop.latencies.count === 0) loop.errors.add("no answer came within the window");
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuMicros = readTreeCpuMicros(pid) - cpuBefore;
  const { user, system } = process.cpuUsage(ownCpu);
  return {
    seconds,
    answered: loop.latencies.count,
    cpuMicros,
    p50Micros: loop.latencies.percentile(50),
    p99Micros: loop.latencies.percentile(99),
    loaderBusy: (user + system) / 1e6 / seconds,
  };
}

/** Lets the server finish what it has begun, so that it does not work on into the next contender's window. */
async function drain(loop: ClosedLoop): Promise<void> {
  const timeout = new AbortController();
  const tooLate = sleep(drainMs, undefined, { signal: timeout.signal }).catch(() => {});
  await Promise.race([loop.drain(), tooLate]);
  timeout.abort();
  for (let i = loop.open; i > 0; i--)
    loop.errors.add(`no answer within ${drainMs / 1000} s after the window`);
}

process.once("message", (job: LoadJob) => {
  runJob(job)
    .then((window): LoadOutcome<typeof window> => ({ window }))
    .catch((error: unknown): LoadOutcome => ({ failure: String(error) }))
    .then((outcome) => process.send?.(outcome))
    .catch(() => process.exit(1));
});
process.once("disconnect", () => process.exit());
