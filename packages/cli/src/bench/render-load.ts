import { columns } from "../columns.js";
import type { TextStream } from "../terminal.js";
import type { LoadReport } from "./load-report.js";

/** A report for a person. */
export function renderLoad(report: LoadReport, out: TextStream): string {
  const { plan, calls, answersPerSecond, latencyMs, clientCpu } = report;
  const rows = [
    ["load", "rate" in plan.load ? `${plan.load.rate} calls/s` : `${plan.load.concurrency} calls in flight`],
    ["calls", `${calls} in ${plan.durationMs / 1000} s, ${answersPerSecond.toFixed(1)} answers/s`],
    ["errors", errorsText(report)],
    ["latency", latencyText(latencyMs)],
    ["client", `${Math.round(clientCpu * 100)} % of a core`],
  ];
  return `${columns(rows, 0).join("\n")}\n${histogramText(report, out)}`;
}

function errorsText({ errors, firstError }: LoadReport): string {
  const counts = Object.entries(errors).map(([code, count]) => `${code} ${count}`);
  return firstError === undefined ? "none" : `${counts.join(", ")}; the first: ${firstError}`;
}

function latencyText(latencyMs: LoadReport["latencyMs"]): string {
  return `${Object.entries(latencyMs)
    .map(([name, ms]) => `${name} ${millis(ms)}`)
    .join("  ")} ms`;
}

function histogramText({ histogram }: LoadReport, out: TextStream): string {
  if (histogram.length === 0) return "";
  const most = Math.max(...histogram.map(({ count }) => count));
  const width = Math.max(Math.min(out.columns - 30, 50), 10);
  const bars = histogram.map(({ upToMs, count }) => {
    const bar = "█".repeat(count === 0 ? 0 : Math.max(1, Math.round((count / most) * width)));
    return [`≤ ${upToMs} ms`, String(count).padStart(9), bar];
  });
  return `\n${columns(bars, 2).join("\n")}\n`;
}

/** Milliseconds to three digits that mean something. */
export function millis(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3);
}
