import { setTimeout as sleep } from "node:timers/promises";
import { readTreeCpuMicros } from "../measure/process-tree.js";
import { prepareCalls } from "./caller.js";
import { callers } from "./callers.js";
import { LineWatch } from "./line-watch.js";
import type { LoadJob, OpenLoadPlan, OpenWindow } from "./load-job.js";
import { OpenLoop } from "./open-loop.js";

/** After the window, for answers that are still on their way. */
const drainMs = 5000;

/** Sends requests at a rate from this process, and tells what became of them. */
export async function runOpenLoad(job: LoadJob<OpenLoadPlan>): Promise<OpenWindow> {
  const { plan, requests, target, measuredPid = process.pid } = job;
  const caller = callers[job.caller];
  const connections = await Promise.all(Array.from({ length: plan.connections }, () => caller.open(target)));
  const loop = new OpenLoop({ ...plan, connections, calls: prepareCalls(caller, requests) });
  const line = new LineWatch(target.port);
  const figures = await measureWindow(loop, measuredPid, plan.windowMs);
  const longestLine = await line.stop();
  await drain(loop);
  for (const connection of connections) connection.close();
  return {
    ...figures,
    late: loop.late,
    refused: loop.refused,
    p50Micros: loop.latencies.percentile(50),
    p99Micros: loop.latencies.percentile(99),
    longestLine,
    errors: loop.errors.count,
    errorSamples: loop.errors.samples,
  };
}

/** Clocks, CPU time and counts are read in one go at both ends of the window. */
async function measureWindow(
  loop: OpenLoop,
  pid: number,
  windowMs: number,
): Promise<Pick<OpenWindow, "seconds" | "sent" | "answered" | "cpuMicros" | "loaderBusy">> {
  const ownCpu = process.cpuUsage();
  const cpuBefore = readTreeCpuMicros(pid);
  const startedAt = performance.now();
  await loop.run(windowMs);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuMicros = readTreeCpuMicros(pid) - cpuBefore;
  const { user, system } = process.cpuUsage(ownCpu);
  const answered = loop.latencies.count - loop.late;
  return { seconds, sent: loop.sent, answered, cpuMicros, loaderBusy: (user + system) / 1e6 / seconds };
}

async function drain(loop: OpenLoop): Promise<void> {
  const until = performance.now() + drainMs;
  while (loop.open > 0 && performance.now() < until) await sleep(10);
  for (let i = loop.open; i > 0; i--)
    loop.errors.add(`no answer within ${drainMs / 1000} s after the window`);
}
