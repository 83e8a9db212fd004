import type { ProcessView } from "./server-view.js";

/** This process, now. */
export function readProcess(): ProcessView {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return {
    pid: process.pid,
    memoryResident: rss,
    memoryHeapUsed: heapUsed,
    cpuSeconds: (user + system) / 1e6,
  };
}
